// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;
using OciPS.Storage.Layouts;

namespace OciPS.Core.Tests.Storage.Layouts;

public sealed class OciLayoutStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WriteBlob_DiskIsFull_IsStorageWriteErrorAndLeavesNothing()
    {
        using (var store = new OciLayoutStore(ImageReference.Parse($"oci:{_folder["new"]}:1")))
        {
            var source = new BlobSource(
                async (output, token) =>
                {
                    await output.WriteAsync(new byte[200_000], token);
                    throw new IOException("No space left on device");
                },
                null);

            StorageException error = await Assert.ThrowsAsync<StorageException>(() => store.WriteBlobAsync(source, CancellationToken.None));

            Assert.Equal("StorageWriteError", error.ErrorId);
            Assert.Contains("No space left on device", error.Message, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(_folder["new"]));
    }

    [Fact]
    public async Task BlobExists_SizeIsNotKnown_IsNotCompared()
    {
        using var store = new OciLayoutStore(ImageReference.Parse($"oci:{_folder["layout"]}:1"));
        byte[] bytes = Sample.Noise(100);
        var blob = new Descriptor("x", Digest.FromBytes(bytes), 100);
        await store.WriteBlobAsync(BlobSource.FromBytes(bytes, blob), CancellationToken.None);

        Assert.True(await store.BlobExistsAsync(blob, CancellationToken.None));
        Assert.False(await store.BlobExistsAsync(blob with { Size = 0 }, CancellationToken.None));
        Assert.True(await store.BlobExistsAsync(Descriptor.WithUnknownSize("x", blob.Digest), CancellationToken.None));
        Assert.False(await store.BlobExistsAsync(Descriptor.WithUnknownSize("x", Digest.FromBytes("x"u8)), CancellationToken.None));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => store.ReadBlobAsync(Descriptor.WithUnknownSize("x", blob.Digest), 1000, "The blob", CancellationToken.None));
    }

    [PeerFact("mount", Tool.Root)]
    public async Task PutManifest_FullFileSystem_LeavesTheTagsAsTheyWere()
    {
        Directory.CreateDirectory(_folder["small"]);
        Tool.Run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", _folder["small"]);
        try
        {
            var reference = ImageReference.Parse($"oci:{_folder["small/layout"]}:1");
            using var store = new OciLayoutStore(reference);
            await store.PutManifestAsync(Manifest(1), "1", CancellationToken.None);
            byte[] before = File.ReadAllBytes(_folder["small/layout/index.json"]);

            var source = new BlobSource(async (output, token) => await output.WriteAsync(Sample.Noise(400_000), token), null);
            StorageException error = await Assert.ThrowsAsync<StorageException>(() => store.WriteBlobAsync(source, CancellationToken.None));

            Assert.Equal("StorageWriteError", error.ErrorId);
            Assert.Equal(before, File.ReadAllBytes(_folder["small/layout/index.json"]));
            Assert.Empty(Directory.GetFiles(_folder["small/layout"], ".ocips-*"));
        }
        finally
        {
            Tool.Run("umount", _folder["small"]);
        }
    }

    [Fact]
    public async Task PutManifest_ManyAtOnce_LoseNoTag()
    {
        string[] tags = Enumerable.Range(0, 24).Select(number => $"tag{number}").ToArray();

        await Parallel.ForEachAsync(tags, async (tag, token) =>
        {
            using var store = new OciLayoutStore(ImageReference.Parse($"oci:{_folder["layout"]}:{tag}"));
            await store.PutManifestAsync(Manifest(tag.Length), tag, token);
        });

        ImageIndex index = await LayoutIndex.ReadAsync(_folder["layout/index.json"], CancellationToken.None);
        Assert.Equal(tags.Order(), index.Manifests.Select(LayoutIndex.FindTag).Order());
    }

    [Fact]
    public async Task PutManifest_TagIsThere_PointsToTheNewOneAndForgetsTheOld()
    {
        var reference = ImageReference.Parse($"oci:{_folder["layout"]}:1");
        using var store = new OciLayoutStore(reference);
        await store.PutManifestAsync(Manifest(1), "1", CancellationToken.None);
        await store.PutManifestAsync(Manifest(2), "2", CancellationToken.None);
        await store.PutManifestAsync(Manifest(3), "1", CancellationToken.None);

        ManifestContent found = await store.ResolveAsync(reference, [], CancellationToken.None);
        ImageIndex index = await LayoutIndex.ReadAsync(_folder["layout/index.json"], CancellationToken.None);

        Assert.Equal(Manifest(3).Digest, found.Digest);
        Assert.Equal(["2", "1"], index.Manifests.Select(LayoutIndex.FindTag));
    }

    [Fact]
    public async Task Resolve_ByDigest_FindsWhatNoTagPointsTo()
    {
        var reference = ImageReference.Parse($"oci:{_folder["layout"]}:1");
        using var store = new OciLayoutStore(reference);
        await store.PutManifestAsync(Manifest(1), "1", CancellationToken.None);
        await store.PutManifestAsync(Manifest(2), "1", CancellationToken.None);

        ManifestContent found = await store.ResolveAsync(reference.WithDigest(Manifest(1).Digest), [], CancellationToken.None);

        Assert.Equal(Manifest(1).Bytes.ToArray(), found.Bytes.ToArray());
    }

    [Fact]
    public async Task Resolve_ChangedManifest_IsDigestMismatch()
    {
        var reference = ImageReference.Parse($"oci:{_folder["layout"]}:1");
        using var store = new OciLayoutStore(reference);
        await store.PutManifestAsync(Manifest(1), "1", CancellationToken.None);
        string path = _folder[$"layout/blobs/sha256/{Manifest(1).Digest.Hex}"];
        File.WriteAllBytes(path, Sample.Flip(File.ReadAllBytes(path), 100));

        InvalidContentException error = await Assert.ThrowsAsync<InvalidContentException>(
            () => store.ResolveAsync(reference, [], CancellationToken.None));

        Assert.Equal("DigestMismatch", error.ErrorId);
    }

    private static ManifestContent Manifest(int number) => ManifestEditor.Create(
        ManifestFormat.Oci, new Descriptor(MediaTypes.OciConfig, Digest.FromBytes([(byte)number]), number), []);
}
