// SPDX-License-Identifier: MIT

using OciPS.Copying;
using OciPS.Core.Tests.Registry;
using OciPS.Core.Tests.Support;

namespace OciPS.Core.Tests.Copying;

/// <summary>Copies of every kind of image, which keep every byte.</summary>
public sealed class CopyVerbatimTests : RegistryTestBase, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;

    public CopyVerbatimTests() => _images = new LayoutImages(_folder["in"]);

    public static TheoryData<string> AllKinds => ImageKinds.All;

    public static TheoryData<string> RegistryKinds => ImageKinds.ForRegistries;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(AllKinds))]
    public async Task Copy_LayoutToLayout_WritesTheSameBlobsAndNoOthers(string kind)
    {
        string digest = ImageKinds.Write(_images, kind, "1");
        ImageParts source = ImageParts.FromLayout(_images.Folder, digest);

        PublishedImage copy = await TestImages.CopyAsync($"oci:{_images.Folder}:1", $"oci:{_folder["out"]}:2");

        Assert.Equal((digest, false), (copy.Manifest.Digest.ToString(), copy.Changed));
        Assert.Equal(digest, LayoutImages.GetTagDigest(_folder["out"], "2"));
        Assert.Equal(source.Digests, ImageParts.FromLayout(_folder["out"], digest).Digests);
        Assert.Equal(source.Digests, BlobsIn(_folder["out"]));
        Assert.Equal((source.BlobBytes, 0), (copy.BytesTransferred, copy.BytesMounted));
        Assert.Equal(
            ["blobs", "index.json", "oci-layout"],
            Directory.GetFileSystemEntries(_folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public async Task Copy_LayoutToLayoutAgain_SendsNothing(string kind)
    {
        string digest = ImageKinds.Write(_images, kind, "1");
        await TestImages.CopyAsync($"oci:{_images.Folder}:1", $"oci:{_folder["out"]}:2");
        byte[] index = File.ReadAllBytes(_folder["out/index.json"]);

        PublishedImage copy = await TestImages.CopyAsync($"oci:{_images.Folder}:1", $"oci:{_folder["out"]}:2");

        Assert.Equal((digest, 0, 0), (copy.Manifest.Digest.ToString(), copy.BytesTransferred, copy.BytesMounted));
        Assert.Equal(index, File.ReadAllBytes(_folder["out/index.json"]));
    }

    [Theory]
    [MemberData(nameof(AllKinds))]
    public async Task Copy_ByDigestWithinALayout_OnlyTags(string kind)
    {
        string digest = ImageKinds.Write(_images, kind, "1");
        string[] before = BlobsIn(_images.Folder);

        PublishedImage copy = await TestImages.CopyAsync($"oci:{_images.Folder}@{digest}", $"oci:{_images.Folder}:2");

        Assert.Equal(0, copy.BytesTransferred);
        Assert.Equal((digest, digest), (LayoutImages.GetTagDigest(_images.Folder, "1"), LayoutImages.GetTagDigest(_images.Folder, "2")));
        Assert.Equal(before, BlobsIn(_images.Folder));
    }

    [Theory]
    [MemberData(nameof(RegistryKinds))]
    public async Task Copy_ToARegistryAndBack_KeepsEveryByte(string kind)
    {
        string digest = ImageKinds.Write(_images, kind, "1");
        ImageParts source = ImageParts.FromLayout(_images.Folder, digest);
        using var peer = new RegistryPeer(Host, "team/app");

        PublishedImage copy = await TestImages.CopyAsync($"oci:{_images.Folder}:1", $"{Host}/team/app:1");
        await TestImages.CopyAsync($"{Host}/team/app:1", $"oci:{_folder["back"]}:1");

        Assert.Equal((digest, source.BlobBytes), (copy.Manifest.Digest.ToString(), copy.BytesTransferred));
        Assert.Equal(source.Digests, peer.Parts("1").Digests);
        Assert.Equal(digest, LayoutImages.GetTagDigest(_folder["back"], "1"));
        Assert.Equal(source.Digests, BlobsIn(_folder["back"]));
    }

    [Theory]
    [MemberData(nameof(RegistryKinds))]
    public async Task Copy_ToARegistryAgain_UploadsNoBlob(string kind)
    {
        ImageKinds.Write(_images, kind, "1");
        await TestImages.CopyAsync($"oci:{_images.Folder}:1", $"{Host}/team/app:1");
        int uploads = Registry.Requests.Count(request => request.Method == "POST");

        PublishedImage copy = await TestImages.CopyAsync($"oci:{_images.Folder}:1", $"{Host}/team/app:2");

        Assert.Equal(0, copy.BytesTransferred);
        Assert.Equal(uploads, Registry.Requests.Count(request => request.Method == "POST"));
        Assert.Equal(Registry.Content.FindManifest("team/app", "1")!.Bytes, Registry.Content.FindManifest("team/app", "2")!.Bytes);
    }

    [Fact]
    public async Task Copy_SharedLayer_IsSentOnce()
    {
        string digest = ImageKinds.Write(_images, ImageKinds.FourPlatforms, "1");
        int blobs = ImageParts.FromLayout(_images.Folder, digest).All.Count(part => !part.IsManifest);

        await TestImages.CopyAsync($"oci:{_images.Folder}:1", $"{Host}/team/app:1");

        Assert.Equal(blobs, Registry.Requests.Count(request => request.Method == "POST"));
    }

    [Fact]
    public async Task Copy_ToARegistry_WritesEachManifestAfterWhatItRefersTo()
    {
        string digest = ImageKinds.Write(_images, ImageKinds.NestedIndex, "1");

        await TestImages.CopyAsync($"oci:{_images.Folder}:1", $"{Host}/team/app:1");

        List<string> order = Registry.Requests.Where(request => request.Method == "PUT").Select(request => GetName(request.Path)).ToList();
        foreach (ImageParts.Part manifest in ImageParts.FromLayout(_images.Folder, digest).All.Where(part => part.IsManifest))
        {
            int at = order.IndexOf(manifest.Digest == digest ? "1" : manifest.Digest);
            IEnumerable<string> parts =
                ImageParts.FromLayout(_images.Folder, manifest.Digest).Digests.Where(part => part != manifest.Digest);
            Assert.All(parts, part => Assert.InRange(order.IndexOf(part), 0, at - 1));
        }

        Assert.Equal("1", order[^1]);
    }

    [Fact]
    public async Task Copy_TagThatPointedElsewhere_SaysWhereInVerbose()
    {
        string before = ImageKinds.Write(_images, ImageKinds.OciImage, "1");
        ImageKinds.Write(_images, ImageKinds.DockerList, "2");
        var log = new RecordingLog();

        await TestImages.CopyAsync($"oci:{_images.Folder}:2", $"oci:{_images.Folder}:1", log: log);

        Assert.Contains(
            log.Messages,
            message => message.Contains(before, StringComparison.Ordinal) && message.Contains("pointed to", StringComparison.Ordinal));
    }

    // Of a manifest its tag or digest, of an upload the digest.
    private static string GetName(string path) =>
        Uri.UnescapeDataString(path.Split(["digest=", "/manifests/"], StringSplitOptions.None)[^1]);

    private static string[] BlobsIn(string folder) => Directory.GetFiles(Path.Combine(folder, "blobs"), "*", SearchOption.AllDirectories)
        .Select(path => $"{Path.GetFileName(Path.GetDirectoryName(path))}:{Path.GetFileName(path)}").Order(StringComparer.Ordinal)
        .ToArray();
}
