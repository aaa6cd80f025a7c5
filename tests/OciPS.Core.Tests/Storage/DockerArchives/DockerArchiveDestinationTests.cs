// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Peers;
using OciPS.Core.Tests.Storage.Directories;
using OciPS.Core.Tests.Support;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;

namespace OciPS.Core.Tests.Storage.DockerArchives;

public sealed class DockerArchiveDestinationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Archive => $"docker-archive:{_folder["a.tar"]}:app:1";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Put_Index_AsksForAPlatform()
    {
        string source = PeerImages.Multi(_folder);

        var error = await Assert.ThrowsAsync<InvalidInputException>(() => StoreCopy.RunAsync(source, Archive));

        Assert.Equal("InvalidDestination", error.ErrorId);
        Assert.Equal(Remedy.SelectOnePlatform, error.Remedy);
        Assert.False(File.Exists(_folder["a.tar"]));
    }

    [Theory]
    [InlineData("Upper", "InvalidReference")]
    [InlineData("app:tag:tag", "InvalidReference")]
    [InlineData("app@" + Json.DigestA, "InvalidDestination")]
    public void Open_NameThatNoImageCanHave_IsRefused(string name, string errorId) =>
        Assert.Equal(errorId, Assert.Throws<InvalidInputException>(
            () => StoreFactory.OpenDestination(
                ImageReference.Parse($"docker-archive:{_folder["a.tar"]}:{name}"), TestSession.Begin())).ErrorId);

    [Theory]
    [InlineData("application/vnd.oci.image.manifest.v1+json", "application/vnd.example+json")]
    [InlineData("application/vnd.docker.distribution.manifest.v1+prettyjws", "application/vnd.oci.image.config.v1+json")]
    public async Task Put_NoContainerImage_IsInvalidDestination(string mediaType, string configType)
    {
        using IImageStore store = StoreFactory.OpenDestination(ImageReference.Parse(Archive), TestSession.Begin());
        ManifestContent manifest = Json.Content(
            $$"""{"schemaVersion":2,"config":{"mediaType":"{{configType}}","digest":"{{Json.DigestA}}","size":1},"layers":[]}""",
            mediaType);

        await DirectoryStoreTests.ExpectAsync<InvalidInputException>(
            "InvalidDestination", () => store.PutManifestAsync(manifest, "app", CancellationToken.None));
    }

    [Fact]
    public async Task Put_LayerThatIsNotWhatTheConfigSays_IsDiffIdMismatch()
    {
        var layout = new LayoutBuilder(Directory.CreateDirectory(_folder["odd"]).FullName);
        byte[] tar = new TarBuilder().Add("file", Sample.Text(1000)).ToBytes();
        layout.Add(Sample.Flip(tar, 5000), tar, LayoutBuilder.PlainLayer).Write("1");

        await DirectoryStoreTests.ExpectAsync<InvalidContentException>(
            "DiffIdMismatch", () => StoreCopy.RunAsync($"oci:{_folder["odd"]}:1", Archive));

        Assert.False(File.Exists(_folder["a.tar"]));
    }

    [Fact]
    public async Task Put_LayerThatWasNotWritten_IsBlobNotFound()
    {
        using IImageStore store = StoreFactory.OpenDestination(ImageReference.Parse(Archive), TestSession.Begin());
        ManifestContent manifest = ManifestEditor.Create(
            ManifestFormat.Docker, new Descriptor(MediaTypes.DockerConfig, Digest.Parse(Json.DigestA), 2), []);

        await DirectoryStoreTests.ExpectAsync<ContentNotFoundException>(
            "BlobNotFound", () => store.PutManifestAsync(manifest, "app", CancellationToken.None));
    }

    [PeerFact("gzip")]
    public async Task Write_LayerWithTruncatedGzip_IsInvalidCompression()
    {
        var layout = new LayoutBuilder(Directory.CreateDirectory(_folder["cut"]).FullName);
        byte[] tar = new TarBuilder().Add("file", Sample.Noise(10_000)).ToBytes();
        layout.Add(tar, Tool.Filter(tar, "gzip", "-nc")[..^100], LayoutBuilder.GzipLayer).Write("1");

        await DirectoryStoreTests.ExpectAsync<InvalidContentException>(
            "InvalidCompression", () => StoreCopy.RunAsync($"oci:{_folder["cut"]}:1", Archive));
    }

    [PeerFact("tar", "python3")]
    public async Task Write_OverSeveralImages_IsRefused()
    {
        string one = PeerImages.Single(_folder);
        await StoreCopy.RunAsync(one, Archive);
        Tool.RunIn(_folder.Path, "python3", "-c",
            """
            import io, json, tarfile
            with tarfile.open('a.tar') as old, tarfile.open('two.tar', 'w') as new:
                for member in old:
                    content = old.extractfile(member) if member.isreg() else None
                    if member.name == 'manifest.json':
                        image = json.load(content)[0]
                        text = json.dumps([image, dict(image, RepoTags=['docker.io/library/other:1'])]).encode()
                        member.size, content = len(text), io.BytesIO(text)
                    new.addfile(member, content)
            """);
        byte[] before = File.ReadAllBytes(_folder["two.tar"]);

        await DirectoryStoreTests.ExpectAsync<StorageException>(
            "InvalidDestination", () => StoreCopy.RunAsync(one, $"docker-archive:{_folder["two.tar"]}:app:1"));

        Assert.Equal(before, File.ReadAllBytes(_folder["two.tar"]));
    }

    [Fact]
    public async Task Write_OverAnImage_ReplacesItWithItsTags()
    {
        string one = PeerImages.Single(_folder);
        await StoreCopy.RunAsync(one, Archive);
        await StoreCopy.RunAsync(one, $"docker-archive:{_folder["a.tar"]}:other:2");

        Assert.Equal(["docker.io/library/other:2"], await StoreCopy.TagsAsync(Archive));
    }
}
