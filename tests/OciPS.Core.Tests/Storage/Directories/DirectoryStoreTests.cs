// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Peers;
using OciPS.Core.Tests.Support;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;
using OciPS.Storage.Directories;

namespace OciPS.Core.Tests.Storage.Directories;

public sealed class DirectoryStoreTests : IDisposable
{
    private const string Version = "Directory Transport Version: 1.1\n";

    private readonly TemporaryFolder _folder = new();

    private string Root => _folder["image"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Write_OneImage_HasItsFilesAndVersion()
    {
        await PutAsync(Image(1));

        Assert.Equal(
            ["manifest.json", "version", Blob(1).Digest.Hex], Names().Order(StringComparer.Ordinal).OrderBy(name => name.Length > 20));
        Assert.Equal(Version, File.ReadAllText(_folder["image/version"]));
        Assert.Equal(Image(1).Bytes.ToArray(), File.ReadAllBytes(_folder["image/manifest.json"]));
        Assert.Empty(await StoreCopy.TagsAsync($"dir:{Root}"));
    }

    [Fact]
    public async Task PutChild_Image_IsFoundByItsDigestAlone()
    {
        using var store = Open();
        await WriteAsync(store, 1);
        await store.PutChildAsync(Image(1), CancellationToken.None);
        ManifestContent index = Index(Image(1));
        await store.PutManifestAsync(index, null, CancellationToken.None);

        Assert.Equal(Image(1).Bytes.ToArray(), File.ReadAllBytes(_folder[$"image/{Image(1).Digest.Hex}.manifest.json"]));
        Assert.Equal(Image(1).Digest, (await ResolveAsync(store, Image(1).Digest)).Digest);
        Assert.Equal(index.Digest, (await ResolveAsync(store, index.Digest)).Digest);
        Assert.Equal(MediaTypes.OciIndex, (await ResolveAsync(store)).MediaType);
        await ExpectAsync<ContentNotFoundException>("ManifestNotFound", () => ResolveAsync(store, Blob(1).Digest));
    }

    [Fact]
    public async Task Resolve_Sha512_FindsImagesByTheirHexDigits()
    {
        byte[] manifest = Image(1).Bytes.ToArray();
        string hex = Convert.ToHexStringLower(System.Security.Cryptography.SHA512.HashData(manifest));
        _folder.Write("image/manifest.json", Index(Image(1)).Bytes.Span);
        _folder.Write($"image/{hex}.manifest.json", manifest);
        using var store = Open();

        ManifestContent found = await ResolveAsync(store, Digest.Parse("sha512:" + hex));

        Assert.Equal("sha512:" + hex, found.Digest.ToString());
        Assert.Equal(manifest, found.Bytes.ToArray());
    }

    [Theory]
    [InlineData("no-folder", "ManifestNotFound")]
    [InlineData("no-manifest", "InvalidLayout")]
    [InlineData("file", "InvalidLayout")]
    [InlineData("no-json", "InvalidManifest")]
    [InlineData("no-object", "InvalidManifest")]
    [InlineData("both", "InvalidManifest")]
    public async Task Resolve_NoImage_IsErrorThatNamesThePlace(string place, string errorId)
    {
        Directory.CreateDirectory(_folder["no-manifest"]);
        _folder.Write("file", Json.Bytes("{}"));
        _folder.Write("no-json/manifest.json", Json.Bytes("{\"layers\""));
        _folder.Write("no-object/manifest.json", Json.Bytes("[]"));
        _folder.Write("both/manifest.json", Json.Bytes("""{"layers":[],"manifests":[]}"""));
        using var store = new DirectoryStore(ImageReference.Parse($"dir:{_folder[place]}"));

        var error = await Assert.ThrowsAnyAsync<OciException>(() => ResolveAsync(store));

        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(_folder[place], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resolve_ChangedChild_IsDigestMismatch()
    {
        _folder.Write("image/manifest.json", Index(Image(1)).Bytes.Span);
        _folder.Write($"image/{Image(1).Digest.Hex}.manifest.json", Image(2).Bytes.Span);
        using var store = Open();

        await ExpectAsync<InvalidContentException>("DigestMismatch", () => ResolveAsync(store, Image(1).Digest));
    }

    [Theory]
    [InlineData("missing", "BlobNotFound")]
    [InlineData("short", "SizeMismatch")]
    [InlineData("changed", "DigestMismatch")]
    public async Task Copy_DamagedBlob_IsErrorAndLeavesNothing(string damage, string errorId)
    {
        string source = PeerImages.Single(_folder);
        await StoreCopy.RunAsync(source, $"dir:{Root}");
        string blob = Directory.GetFiles(Root).Where(path => Path.GetExtension(path).Length == 0 && Path.GetFileName(path) != "version")
            .MaxBy(path => new FileInfo(path).Length)!;
        byte[] bytes = File.ReadAllBytes(blob);
        File.Delete(blob);
        if (damage != "missing")
        {
            File.WriteAllBytes(blob, damage == "short" ? bytes[..^1] : Sample.Flip(bytes, 1000));
        }

        foreach (string destination in new[] { "dir:"
            + _folder["copy"], $"oci-archive:{_folder["copy"]}:1", "docker-archive:" + _folder["copy"], $"oci:{_folder["copy"]}:1" })
        {
            OciException error = await Assert.ThrowsAnyAsync<OciException>(() => StoreCopy.RunAsync($"dir:{Root}", destination));
            Assert.Equal(errorId, error.ErrorId);
            Assert.Equal(["image", "single"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order());
        }
    }

    [Fact]
    public async Task Write_OtherThingsInTheFolder_IsRefusedAndNothingChanges()
    {
        foreach (string other in new[] { "notes.txt", "version", "manifest.json" })
        {
            string path = _folder.Write($"{other}-folder/{other}", Json.Bytes("theirs"));
            using (var store = new DirectoryStore(ImageReference.Parse($"dir:{_folder[other + "-folder"]}")))
            {
                await ExpectAsync<StorageException>("InvalidDestination", () => WriteAsync(store, 1));
                await ExpectAsync<StorageException>(
                    "InvalidDestination", () => store.PutManifestAsync(Image(1), null, CancellationToken.None));
            }

            Assert.Equal([path], Directory.GetFileSystemEntries(_folder[other + "-folder"]));
            Assert.Equal("theirs", File.ReadAllText(path));
        }
    }

    [Fact]
    public async Task Write_FileInPlaceOfTheFolder_IsStorageWriteError()
    {
        _folder.Write("image", Json.Bytes("a file"));
        using var store = Open();

        await ExpectAsync<StorageException>("StorageWriteError", () => WriteAsync(store, 1));

        Assert.Equal("a file", File.ReadAllText(Root));
    }

    [Fact]
    public async Task Write_OverAnotherImage_LeavesNothingOfItButOtherFiles()
    {
        await PutAsync(Index(Image(1)), Image(1));
        _folder.Write("image/signature-1", [1]);
        _folder.Write($"image/{Image(1).Digest.Hex}.signature-1", [1]);
        _folder.Write("image/README", [1]);

        await PutAsync(Image(2));

        Assert.Equal(new[] { "README", "manifest.json", "version", Blob(2).Digest.Hex }.Order(StringComparer.Ordinal), Names());
    }

    [Fact]
    public async Task Write_TheSameImageAgain_KeepsItsSignatures()
    {
        await PutAsync(Index(Image(1)), Image(1));
        _folder.Write("image/signature-1", [1]);
        _folder.Write($"image/{Image(1).Digest.Hex}.signature-1", [1]);
        string[] before = PeerImages.Files(Root);

        await PutAsync(Index(Image(1)), Image(1));

        Assert.Equal(before, PeerImages.Files(Root));
    }

    [Fact]
    public async Task Dispose_NotFinished_LeavesTheImageThatWasThere()
    {
        await PutAsync(Index(Image(1)), Image(1));
        string[] before = PeerImages.Files(Root);

        using (var store = Open())
        {
            await WriteAsync(store, 1);
            await WriteAsync(store, 2);
            await store.PutChildAsync(Image(2), CancellationToken.None);
            await ExpectAsync<StorageException>("StorageWriteError", () => store.WriteBlobAsync(Failing(), CancellationToken.None));

            Assert.Equal(Index(Image(1)).Digest, (await ResolveAsync(store)).Digest);
        }

        Assert.Equal(before, PeerImages.Files(Root));
    }

    [Fact]
    public async Task Dispose_NotFinishedInANewFolder_LeavesNoFolder()
    {
        using (var store = Open())
        {
            await WriteAsync(store, 1);
            await ExpectAsync<StorageException>("StorageWriteError", () => store.WriteBlobAsync(Failing(), CancellationToken.None));
        }

        Assert.False(Directory.Exists(Root));
    }

    [Fact]
    public void Open_Tag_IsInvalidDestination()
    {
        var error = Assert.Throws<InvalidInputException>(
            () => StoreFactory.OpenDestination(ImageReference.Parse($"dir:{Root}").WithTag("1"), TestSession.Begin()));

        Assert.Equal("InvalidDestination", error.ErrorId);
    }

    [PeerFact("mount", Tool.Root)]
    public async Task Write_FullFileSystem_LeavesTheImageThatWasThere()
    {
        Directory.CreateDirectory(_folder["small"]);
        Tool.Run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", _folder["small"]);
        try
        {
            await StoreCopy.RunAsync(PeerImages.Single(_folder), $"dir:{_folder["small/image"]}");
            string[] before = PeerImages.Files(_folder["small/image"]);
            using (var store = new DirectoryStore(ImageReference.Parse($"dir:{_folder["small/image"]}")))
            {
                var source = new BlobSource(async (output, token) => await output.WriteAsync(Sample.Noise(400_000), token), null);
                await ExpectAsync<StorageException>("StorageWriteError", () => store.WriteBlobAsync(source, CancellationToken.None));
            }

            Assert.Equal(before, PeerImages.Files(_folder["small/image"]));
        }
        finally
        {
            Tool.Run("umount", _folder["small"]);
        }
    }

    internal static async Task ExpectAsync<T>(string errorId, Func<Task> action)
        where T : OciException => Assert.Equal(errorId, (await Assert.ThrowsAsync<T>(action)).ErrorId);

    /// <summary>A blob whose source breaks off.</summary>
    internal static BlobSource Failing() => new(
        async (output, token) =>
        {
            await output.WriteAsync(new byte[200_000], token);
            throw new IOException("No space left on device");
        },
        null);

    private static Descriptor Blob(int number) => new(MediaTypes.OciConfig, Digest.FromBytes([(byte)number]), 1);

    private static ManifestContent Image(int number) => ManifestEditor.Create(ManifestFormat.Oci, Blob(number), []);

    private static ManifestContent Index(ManifestContent image) => Json.Content(
        $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciIndex}}","manifests":["""
            + $$"""{"mediaType":"{{image.MediaType}}","digest":"{{image.Digest}}","size":{{image.Bytes.Length}}}]}""",
        MediaTypes.OciIndex);

    private static Task<WrittenBlob> WriteAsync(DirectoryStore store, int number) =>
        store.WriteBlobAsync(BlobSource.FromBytes(new[] { (byte)number }, Blob(number)), CancellationToken.None);

    private static Task<ManifestContent> ResolveAsync(DirectoryStore store, Digest? digest = null) =>
        store.ResolveAsync(digest is { } child ? store.Repository.WithDigest(child) : store.Repository, [], CancellationToken.None);

    private DirectoryStore Open() => new(ImageReference.Parse($"dir:{Root}"));

    private string[] Names() =>
        Directory.GetFileSystemEntries(Root).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal).ToArray();

    private async Task PutAsync(ManifestContent manifest, ManifestContent? child = null)
    {
        using DirectoryStore store = Open();
        await WriteAsync(store, manifest.Digest == Image(2).Digest ? 2 : 1);
        if (child is not null)
        {
            await store.PutChildAsync(child, CancellationToken.None);
        }

        await store.PutManifestAsync(manifest, null, CancellationToken.None);
    }
}
