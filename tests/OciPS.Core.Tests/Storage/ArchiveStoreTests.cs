// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Peers;
using OciPS.Core.Tests.Storage.Directories;
using OciPS.Core.Tests.Support;
using OciPS.Images;
using OciPS.References;
using OciPS.Storage;

namespace OciPS.Core.Tests.Storage;

/// <summary>What holds for both kinds of archives, and OCI archives.</summary>
public sealed class ArchiveStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Write_OtherTag_KeepsTheImagesThatWereThere()
    {
        string source = PeerImages.Multi(_folder);
        string other = PeerImages.Single(_folder);

        await StoreCopy.RunAsync(source, $"oci-archive:{_folder["a.tar"]}:1");
        await StoreCopy.RunAsync(other, $"oci-archive:{_folder["a.tar"]}:2");

        Assert.Equal(["1", "2"], await StoreCopy.TagsAsync($"oci-archive:{_folder["a.tar"]}"));
        Assert.Equal(await StoreCopy.ReadAllAsync(source), await StoreCopy.ReadAllAsync($"oci-archive:{_folder["a.tar"]}:1"));
        Assert.Equal(await StoreCopy.ReadAllAsync(other), await StoreCopy.ReadAllAsync($"oci-archive:{_folder["a.tar"]}:2"));
        await DirectoryStoreTests.ExpectAsync<InvalidInputException>(
            "AmbiguousImage", () => StoreCopy.ReadAllAsync($"oci-archive:{_folder["a.tar"]}"));
        await DirectoryStoreTests.ExpectAsync<ContentNotFoundException>(
            "ManifestNotFound", () => StoreCopy.ReadAllAsync($"oci-archive:{_folder["a.tar"]}:3"));
    }

    [Theory]
    [InlineData(":1")]
    [InlineData("")]
    public async Task Write_SameTagOrNone_LeavesNothingOfTheOldImage(string tag)
    {
        await StoreCopy.RunAsync(PeerImages.Multi(_folder), $"oci-archive:{_folder["a.tar"]}:1");
        await StoreCopy.RunAsync(PeerImages.Single(_folder), $"oci-archive:{_folder["a.tar"]}{tag}");
        await StoreCopy.RunAsync(PeerImages.Single(_folder), $"oci-archive:{_folder["fresh.tar"]}{tag}");

        Assert.Equal(File.ReadAllBytes(_folder["fresh.tar"]), File.ReadAllBytes(_folder["a.tar"]));
    }

    [PeerFact("tar", "gzip", "zstd", "skopeo")]
    public async Task Read_CompressedArchive_HasTheSameImages()
    {
        string digest = await StoreCopy.ReadAllAsync(PeerImages.Multi(_folder));
        foreach (string option in new[] { "--gzip", "--zstd", "--no-auto-compress" })
        {
            File.Delete(_folder["a:b.tar"]);
            Tool.RunIn(_folder["multi"], "tar", "--create", option, "--file", _folder["a:b.tar"], ".");

            Assert.Equal(digest, await StoreCopy.ReadAllAsync($"oci-archive:{_folder["a:b.tar"]}"));
            Assert.Equal(digest, await StoreCopy.ReadAllAsync($"oci-archive:{_folder["a:b.tar"]}:1"));
        }
    }

    [Theory]
    [InlineData("oci-archive", ":1")]
    [InlineData("docker-archive", "")]
    public async Task Read_ArchiveCutShortAnywhere_IsError(string transport, string tag)
    {
        string whole = $"{transport}:{_folder["whole.tar"]}{tag}";
        await StoreCopy.RunAsync(PeerImages.Single(_folder), whole);
        byte[] bytes = File.ReadAllBytes(_folder["whole.tar"]);

        // Behind the last member there are blocks of zeros, which not every writer leaves.
        int end = bytes.AsSpan().LastIndexOfAnyExcept((byte)0);
        for (int length = 0; length <= end; length += 1700)
        {
            string path = _folder.Write("cut.tar", bytes.AsSpan(0, length));
            OciException error = await Assert.ThrowsAnyAsync<OciException>(() => StoreCopy.ReadAllAsync($"{transport}:{path}{tag}"));
            Assert.Matches("InvalidTar|InvalidArchive|InvalidLayout", error.ErrorId);
        }
    }

    [Fact]
    public async Task Read_NoOciArchive_IsErrorThatSaysWhatItIs()
    {
        await StoreCopy.RunAsync(PeerImages.Single(_folder), $"docker-archive:{_folder["docker.tar"]}");
        string file = _folder.Write("text", Sample.Text(2000));

        var docker = await Assert.ThrowsAsync<InvalidContentException>(
            () => StoreCopy.ReadAllAsync($"oci-archive:{_folder["docker.tar"]}"));

        Assert.Equal("InvalidLayout", docker.ErrorId);
        Assert.Contains("docker-archive:", docker.Message, StringComparison.Ordinal);
        await DirectoryStoreTests.ExpectAsync<InvalidContentException>("InvalidTar", () => StoreCopy.ReadAllAsync($"oci-archive:{file}"));
        await DirectoryStoreTests.ExpectAsync<ContentNotFoundException>(
            "PathNotFound", () => StoreCopy.ReadAllAsync($"oci-archive:{_folder["none"]}"));
        await DirectoryStoreTests.ExpectAsync<StorageException>(
            "StorageReadError", () => StoreCopy.ReadAllAsync($"oci-archive:{_folder.Path}"));
    }

    [Fact]
    public async Task Read_BlobChangedOrMissingInTheArchive_IsError()
    {
        await StoreCopy.RunAsync(PeerImages.Single(_folder), $"oci-archive:{_folder["a.tar"]}:1");
        byte[] bytes = File.ReadAllBytes(_folder["a.tar"]);
        byte[] noise = Sample.Noise(20_000, 1);
        int at = bytes.AsSpan().IndexOf(noise.AsSpan(0, 1000));
        _folder.Write("changed.tar", Sample.Flip(bytes, (at + 500) * 8));
        byte[] renamed = (byte[])bytes.Clone();
        int header = bytes.AsSpan(0, at).LastIndexOf("blobs/sha256/"u8);
        renamed[header + 20] ^= 1;
        TarBuilder.Sum(renamed.AsSpan(header, 512).ToArray()).CopyTo(renamed, header);
        _folder.Write("missing.tar", renamed);

        await DirectoryStoreTests.ExpectAsync<InvalidContentException>(
            "DigestMismatch", () => StoreCopy.ReadAllAsync($"oci-archive:{_folder["changed.tar"]}"));
        await DirectoryStoreTests.ExpectAsync<ContentNotFoundException>(
            "BlobNotFound", () => StoreCopy.ReadAllAsync($"oci-archive:{_folder["missing.tar"]}"));
    }

    [Theory]
    [InlineData("oci-archive", "folder", "InvalidDestination")]
    [InlineData("docker-archive", "folder", "InvalidDestination")]
    [InlineData("oci-archive", "nowhere/a.tar", "StorageWriteError")]
    [InlineData("docker-archive", "nowhere/a.tar", "StorageWriteError")]
    [InlineData("oci-archive", "text/a.tar", "StorageWriteError")]
    [InlineData("docker-archive", "text/a.tar", "StorageWriteError")]
    [InlineData("oci-archive", "text", "InvalidDestination")]
    [InlineData("docker-archive", "text", "InvalidDestination")]
    [InlineData("oci-archive", "/dev/null", "InvalidDestination")]
    [InlineData("docker-archive", "/dev/null", "InvalidDestination")]
    public async Task Write_PlaceThatIsNoArchive_IsRefusedBeforeAnythingIsDone(string transport, string place, string errorId)
    {
        Directory.CreateDirectory(_folder["folder"]);
        _folder.Write("text", Sample.Text(2000));
        string source = PeerImages.Single(_folder);

        await DirectoryStoreTests.ExpectAsync<StorageException>(errorId, () => StoreCopy.RunAsync(source, $"{transport}:{_folder[place]}"));

        Assert.Equal(["folder", "single", "text"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order());
        Assert.Equal(Sample.Text(2000), File.ReadAllBytes(_folder["text"]));
    }

    [Theory]
    [InlineData("oci-archive", ":1")]
    [InlineData("docker-archive", "")]
    public async Task Write_FailsOrIsCancelled_LeavesTheTargetAsItWas(string transport, string tag)
    {
        string source = PeerImages.Single(_folder);
        string archive = $"{transport}:{_folder["a.tar"]}{tag}";
        await StoreCopy.RunAsync(source, archive);
        byte[] before = File.ReadAllBytes(_folder["a.tar"]);

        using (IImageStore store = StoreFactory.OpenDestination(ImageReference.Parse(archive), TestSession.Begin()))
        {
            await Assert.ThrowsAnyAsync<Exception>(() => store.WriteBlobAsync(DirectoryStoreTests.Failing(), CancellationToken.None));
        }

        using (IImageStore store = StoreFactory.OpenDestination(ImageReference.Parse(archive), TestSession.Begin()))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => StoreCopy.RunAsync(source, store, null, new CancellationToken(canceled: true)));
        }

        Assert.Equal(before, File.ReadAllBytes(_folder["a.tar"]));
        Assert.Equal(["a.tar", "single"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order());
    }

    [PeerTheory("mount", Tool.Root)]
    [InlineData("oci-archive", ":1", 80)]
    [InlineData("oci-archive", ":1", 30)]
    [InlineData("docker-archive", "", 160)]
    [InlineData("docker-archive", "", 60)]
    public async Task Write_FullFileSystem_LeavesTheTargetAsItWas(string transport, string tag, int kibibytes)
    {
        string source = PeerImages.Single(_folder);
        Directory.CreateDirectory(_folder["small"]);
        Tool.Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", _folder["small"]);
        try
        {
            string archive = $"{transport}:{_folder["small/a.tar"]}{tag}";
            await StoreCopy.RunAsync(source, archive);
            byte[] before = File.ReadAllBytes(_folder["small/a.tar"]);
            Tool.Run("mount", "-o", $"remount,size={(before.Length / 1024) + kibibytes}k", _folder["small"]);

            string more = transport == "oci-archive" ? PeerImages.Multi(_folder) : Big();
            await DirectoryStoreTests.ExpectAsync<StorageException>("StorageWriteError", () => StoreCopy.RunAsync(more, archive));

            Assert.Equal(before, File.ReadAllBytes(_folder["small/a.tar"]));
            Assert.Equal([_folder["small/a.tar"]], Directory.GetFileSystemEntries(_folder["small"]));
        }
        finally
        {
            Tool.Run("umount", _folder["small"]);
        }
    }

    [Fact]
    public async Task Write_ThroughALink_ReplacesWhatItPointsToAndKeepsItsMode()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string source = PeerImages.Single(_folder);
        Directory.CreateDirectory(_folder["data"]);
        File.WriteAllBytes(_folder["data/real.tar"], []);
        File.SetUnixFileMode(_folder["data/real.tar"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.CreateSymbolicLink(_folder["link.tar"], "data/real.tar");

        await StoreCopy.RunAsync(source, $"oci-archive:{_folder["link.tar"]}:1");

        Assert.Equal("data/real.tar", new FileInfo(_folder["link.tar"]).LinkTarget);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["data/real.tar"]));
        Assert.Equal(await StoreCopy.ReadAllAsync(source), await StoreCopy.ReadAllAsync($"oci-archive:{_folder["link.tar"]}:1"));
    }

    [Theory]
    [InlineData("oci-archive", ":1")]
    [InlineData("docker-archive", ":app:1")]
    public async Task Write_SameImageTwice_GivesTheSameBytes(string transport, string tag)
    {
        string source = PeerImages.Single(_folder);

        await StoreCopy.RunAsync(source, $"{transport}:{_folder["a.tar"]}{tag}");
        await StoreCopy.RunAsync(source, $"{transport}:{_folder["b.tar"]}{tag}");
        await StoreCopy.RunAsync($"{transport}:{_folder["b.tar"]}{tag}", $"{transport}:{_folder["b.tar"]}{tag}");

        Assert.Equal(File.ReadAllBytes(_folder["a.tar"]), File.ReadAllBytes(_folder["b.tar"]));
    }

    [Fact]
    public async Task Put_ReferrerBeforeTheImage_KeepsWhatIsThereUntilTheImageComes()
    {
        string old = PeerImages.Single(_folder);
        string archive = $"oci-archive:{_folder["a.tar"]}";
        await StoreCopy.RunAsync(old, archive + ":old");
        string digest = await StoreCopy.ReadAllAsync(old);
        var referrer = Json.Content(
            $$"""{"schemaVersion":2,"config":{"mediaType":"application/vnd.example","digest":"{{Json.DigestA}}","size":1},"layers":[]"""
                + $$""","subject":{"mediaType":"application/vnd.oci.image.index.v1+json","digest":"{{Json.DigestB}}","size":1} }""");

        using IImageStore store = StoreFactory.OpenDestination(ImageReference.Parse(archive), TestSession.Begin());
        await store.PutManifestAsync(referrer, null, CancellationToken.None);
        await store.CompleteAsync(CancellationToken.None);
        Assert.Equal(digest, await StoreCopy.ReadAllAsync(archive + ":old"));
        await StoreCopy.RunAsync(PeerImages.Multi(_folder), store, null);

        Assert.Empty(await StoreCopy.TagsAsync(archive));
        Assert.Equal(
            referrer.Digest, Assert.Single(await store.ListReferrersAsync(Digest.Parse(Json.DigestB), CancellationToken.None)).Digest);
    }

    private string Big()
    {
        var layout = new LayoutBuilder(Directory.CreateDirectory(_folder["big"]).FullName);
        byte[] tar = new TarBuilder().Add("big", Sample.Noise(150_000)).ToBytes();
        layout.Add(tar, tar, LayoutBuilder.PlainLayer).Write("1");
        return $"oci:{_folder["big"]}:1";
    }
}
