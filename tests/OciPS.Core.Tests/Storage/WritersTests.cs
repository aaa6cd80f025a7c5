// SPDX-License-Identifier: MIT

using OciPS.Copying;
using OciPS.Core.Tests.Peers;
using OciPS.Core.Tests.Storage.Directories;
using OciPS.Core.Tests.Support;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;

namespace OciPS.Core.Tests.Storage;

/// <summary>Several writers of one place, and what those leave that are killed.</summary>
public sealed class WritersTests : IDisposable
{
    private const int Writers = 8;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static ManifestContent Put(LayoutImages images, string tag, params string[] contents)
    {
        images.Tag(tag, images.Image("linux/amd64", [.. contents.Select(content => images.Layer((content, content)))]));
        return new ManifestContent(string.Empty, default, Digest.Parse(LayoutImages.GetTagDigest(images.Folder, tag)));
    }

    [Theory]
    [InlineData("oci-archive", "out.tar")]
    [InlineData("oci", "out")]
    public async Task Write_TagsAtOnce_LosesNone(string transport, string name)
    {
        var images = new LayoutImages(_folder["images"]);
        Digest[] digests = Enumerable.Range(0, Writers).Select(i => Put(images, $"{i}", "shared", $"{i}").Digest).ToArray();
        string place = $"{transport}:{_folder[name]}";

        await Task.WhenAll(
            Enumerable.Range(0, Writers).Select(i => Task.Run(() => StoreCopy.RunAsync($"oci:{images.Folder}:{i}", $"{place}:{i}"))));

        Assert.Equal(Enumerable.Range(0, Writers).Select(i => $"{i}"), (await StoreCopy.TagsAsync(place)).Order());
        for (int i = 0; i < Writers; i++)
        {
            Assert.Equal(digests[i].ToString(), await StoreCopy.ReadAllAsync($"{place}:{i}"));
        }
    }

    [Theory]
    [InlineData("dir")]
    [InlineData("docker-archive")]
    public async Task Write_ImagesAtOnceToAPlaceForOne_LeavesOneThatIsWhole(string transport)
    {
        var images = new LayoutImages(_folder["images"]);
        for (int i = 0; i < Writers; i++)
        {
            Put(images, $"{i}", "shared", $"{i}");
        }

        string place = $"{transport}:{_folder["out"]}";
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => Task.Run(() => StoreCopy.RunAsync($"oci:{images.Folder}:{i}", place))));

        await StoreCopy.ReadAllAsync(place);
        Assert.Equal(["images", "out"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Write_ArchiveThatLostABlobMeanwhile_HasItAllTheSame()
    {
        var images = new LayoutImages(_folder["images"]);
        Put(images, "old", "shared");
        Put(images, "new", "shared", "more");
        Put(images, "other", "other");
        string archive = $"oci-archive:{_folder["out.tar"]}";
        await StoreCopy.RunAsync($"oci:{images.Folder}:old", archive + ":1");

        using IImageStore store = StoreFactory.OpenDestination(ImageReference.Parse(archive + ":2"), TestSession.Begin());
        using ImageTree tree = await ImageTree.OpenAsync(
            ImageReference.Parse($"oci:{images.Folder}:new"), ManifestMode.PreferMultiArch, TestSession.Begin(), CancellationToken.None);
        await new BlobCopier(store, TestSession.Begin())
            .CopyAllAsync(tree.Store, ImageCopier.GetBlobs(tree.Root.All), "Blob", CancellationToken.None);
        await StoreCopy.RunAsync($"oci:{images.Folder}:other", archive + ":1");
        await store.PutManifestAsync(tree.Content, "2", CancellationToken.None);
        await store.CompleteAsync(CancellationToken.None);

        Assert.Equal(["1", "2"], (await StoreCopy.TagsAsync(archive)).Order());
        Assert.Equal(LayoutImages.GetTagDigest(images.Folder, "new"), await StoreCopy.ReadAllAsync(archive + ":2"));
        Assert.Equal(LayoutImages.GetTagDigest(images.Folder, "other"), await StoreCopy.ReadAllAsync(archive + ":1"));
    }

    [Fact]
    public async Task Write_ArchiveThatAnotherKindTookMeanwhile_IsRefused()
    {
        string source = PeerImages.Single(_folder);
        foreach ((string mine, string theirs) in new[] { ("oci-archive", "docker-archive"), ("docker-archive", "oci-archive") })
        {
            string path = _folder[mine];
            using IImageStore store = StoreFactory.OpenDestination(ImageReference.Parse($"{mine}:{path}"), TestSession.Begin());
            using ImageTree tree = await ImageTree.OpenAsync(
                ImageReference.Parse(source), ManifestMode.PreferMultiArch, TestSession.Begin(), CancellationToken.None);
            await new BlobCopier(store, TestSession.Begin())
                .CopyAllAsync(tree.Store, ImageCopier.GetBlobs(tree.Root.All), "Blob", CancellationToken.None);
            await store.PutManifestAsync(tree.Content, null, CancellationToken.None);
            await StoreCopy.RunAsync(source, $"{theirs}:{path}");
            byte[] before = File.ReadAllBytes(path);

            await DirectoryStoreTests.ExpectAsync<StorageException>(
                "InvalidDestination", () => store.CompleteAsync(CancellationToken.None));

            Assert.Equal(before, File.ReadAllBytes(path));
        }
    }

    [Fact]
    public async Task Write_FolderThatIsBeingWritten_WaitsUntilThatIsDone()
    {
        var images = new LayoutImages(_folder["images"]);
        Put(images, "1", "one");
        string place = $"dir:{_folder["out"]}";
        IImageStore first = StoreFactory.OpenDestination(ImageReference.Parse(place), TestSession.Begin());
        var blob = new Descriptor(MediaTypes.OciConfig, Digest.FromBytes("{}"u8), 2);
        await first.WriteBlobAsync(BlobSource.FromBytes("{}"u8.ToArray(), blob), CancellationToken.None);
        var log = new RecordingLog();
        using IImageStore second = StoreFactory.OpenDestination(ImageReference.Parse(place), TestSession.Begin(log));

        Task writing = StoreCopy.RunAsync($"oci:{images.Folder}:1", second, null);
        Assert.NotEqual(writing, await Task.WhenAny(writing, Task.Delay(300)));
        Assert.Contains(log.Messages, text => text.Contains(_folder["out"], StringComparison.Ordinal));
        first.Dispose();
        await writing;

        Assert.Equal(LayoutImages.GetTagDigest(images.Folder, "1"), await StoreCopy.ReadAllAsync(place));
        Assert.False(File.Exists(Path.Combine(_folder["out"], blob.Digest.Hex)));
    }

    [Fact]
    public async Task Write_FolderThatIsBeingWritten_CanBeStopped()
    {
        string place = $"dir:{_folder["out"]}";
        using IImageStore first = StoreFactory.OpenDestination(ImageReference.Parse(place), TestSession.Begin());
        await first.WriteBlobAsync(
            BlobSource.FromBytes("{}"u8.ToArray(), new Descriptor(MediaTypes.OciConfig, Digest.FromBytes("{}"u8), 2)),
            CancellationToken.None);
        using IImageStore second = StoreFactory.OpenDestination(ImageReference.Parse(place), TestSession.Begin());
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => StoreCopy.RunAsync(PeerImages.Single(_folder), second, null, stop.Token));
    }

    [Fact]
    public async Task Dispose_NewLayoutThatAnotherWriterIsAtWorkIn_LeavesThatOnesBlobs()
    {
        var images = new LayoutImages(_folder["images"]);
        Put(images, "1", "one");
        string place = $"oci:{_folder["out"]}";
        IImageStore first = StoreFactory.OpenDestination(ImageReference.Parse(place + ":a"), TestSession.Begin());
        await first.WriteBlobAsync(
            BlobSource.FromBytes("{}"u8.ToArray(), new Descriptor(MediaTypes.OciConfig, Digest.FromBytes("{}"u8), 2)),
            CancellationToken.None);
        using IImageStore second = StoreFactory.OpenDestination(ImageReference.Parse(place + ":b"), TestSession.Begin());
        using ImageTree tree = await ImageTree.OpenAsync(
            ImageReference.Parse($"oci:{images.Folder}:1"), ManifestMode.PreferMultiArch, TestSession.Begin(), CancellationToken.None);
        await new BlobCopier(second, TestSession.Begin())
            .CopyAllAsync(tree.Store, ImageCopier.GetBlobs(tree.Root.All), "Blob", CancellationToken.None);

        first.Dispose();
        await second.PutManifestAsync(tree.Content, "b", CancellationToken.None);

        Assert.Equal(LayoutImages.GetTagDigest(images.Folder, "1"), await StoreCopy.ReadAllAsync(place + ":b"));
    }

    [Theory]
    [InlineData("oci-archive:{0}/out.tar:1", "")]
    [InlineData("docker-archive:{0}/out.tar", "")]
    [InlineData("dir:{0}/out", "out")]
    [InlineData("oci:{0}/out:1", "out")]
    public async Task Write_WhereAKilledWriterLeftFiles_RemovesThemAndNoOthers(string transport, string place)
    {
        string source = PeerImages.Single(_folder);
        string reference = transport.Replace("{0}", _folder.Path, StringComparison.Ordinal);
        await StoreCopy.RunAsync(source, reference);
        string left = _folder.Write(Path.Combine(place, ".ocips-0123456789abcdef0123456789abcdef.tmp"), "left"u8);
        string other = _folder.Write(Path.Combine(place, ".ocips-notes.txt"), "theirs"u8);
        using var living = new FileStream(
            _folder[Path.Combine(place, ".ocips-ffffffffffffffffffffffffffffffff.tmp")],
            FileMode.CreateNew,
            FileAccess.Write,
            FileShare.Read | FileShare.Delete);

        await StoreCopy.RunAsync(source, reference);

        Assert.False(File.Exists(left));
        Assert.True(File.Exists(other));
        Assert.True(File.Exists(living.Name));
    }

    [Fact]
    public async Task Write_LockThatAKilledWriterLeft_IsNoObstacle()
    {
        string source = PeerImages.Single(_folder);
        Directory.CreateDirectory(_folder["out"]);
        _folder.Write("out/.ocips-write.lock", []);

        await StoreCopy.RunAsync(source, $"dir:{_folder["out"]}").WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Empty(Directory.GetFiles(_folder["out"], ".ocips*"));
    }
}
