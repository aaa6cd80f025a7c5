// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Copying;
using OciPS.Core.Tests.Registry;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.Publishing;
using OciPS.References;

namespace OciPS.Core.Tests.Copying;

/// <summary>Layers in zstd: the image specification has a media type for them, Docker's schema 2 has none.</summary>
public sealed class ZstdFormatTests : RegistryTestBase, IDisposable
{
    private const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    private const string OciZstd = "application/vnd.oci.image.layer.v1.tar+zstd";

    private readonly TemporaryFolder _folder = new();
    private readonly RecordingLog _log = new();

    private string Tarball => _folder["app.tar"];

    public void Dispose() => _folder.Dispose();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        SaveTarball();
    }

    [Theory]
    [InlineData("registry")]
    [InlineData("dir")]
    [InlineData("oci")]
    [InlineData("oci-archive")]
    public async Task Publish_WithoutFormat_WritesOciTypesAndSaysSoWhereDockerIsUsual(string place)
    {
        string destination = Place(place);

        await PublishAsync(destination, null);

        await ExpectOciAsync(destination);
        Assert.Equal(place is "registry" or "dir", _log.Messages.Any(message => message.Contains("zstd", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("registry")]
    [InlineData("dir")]
    [InlineData("oci")]
    [InlineData("oci-archive")]
    public async Task Publish_AsDocker_IsRefusedBeforeAnythingIsSent(string place)
    {
        OciException error = await GetErrorAsync(() => PublishAsync(Place(place), ManifestFormat.Docker));

        Assert.Equal("UnsupportedMediaType", error.ErrorId);
        ExpectNothing(place);
    }

    [Theory]
    [InlineData("registry")]
    [InlineData("dir")]
    public async Task Copy_TarballWithoutFormat_WritesOciTypes(string place)
    {
        await TestImages.CopyAsync($"docker-archive:{Tarball}", Place(place), log: _log);

        await ExpectOciAsync(Place(place));
        Assert.Contains(_log.Messages, message => message.Contains("zstd", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("registry", false)]
    [InlineData("dir", false)]
    [InlineData("oci", true)]
    [InlineData("registry", true)]
    public async Task Copy_AsDocker_IsRefusedBeforeAnythingIsSent(string place, bool fromLayout)
    {
        string source = fromLayout ? Layout("linux/amd64") : $"docker-archive:{Tarball}";

        OciException error = await GetErrorAsync(() => TestImages.CopyAsync(source, Place(place), Docker));

        Assert.Equal("UnsupportedMediaType", error.ErrorId);
        ExpectNothing(place);
    }

    [Fact]
    public async Task Copy_OfAnIndexAsDocker_IsRefusedForAnyImageThatIsKept()
    {
        string source = Layout("linux/amd64", "linux/arm64");

        OciException error = await GetErrorAsync(() => TestImages.CopyAsync(source, Place("registry"), Docker));
        await TestImages.CopyAsync(source, $"{Host}/app:arm64", Docker, TestImages.Select("linux/arm64"));

        Assert.Equal("UnsupportedMediaType", error.ErrorId);
        Assert.Equal("application/vnd.docker.distribution.manifest.list.v2+json", (await ResolveAsync($"{Host}/app:arm64")).MediaType);
    }

    [Fact]
    public async Task Copy_AsDockerToATarball_IsWrittenSinceItsLayersAreDecompressed()
    {
        await TestImages.CopyAsync($"docker-archive:{Tarball}", $"docker-archive:{_folder["out.tar"]}:app:1", Docker);

        Assert.Equal(["etc/secret.key"], await ListAsync($"docker-archive:{_folder["out.tar"]}"));
    }

    [Fact]
    public async Task Remove_FromATarballIntoARegistry_WritesOciTypes()
    {
        await TestImages.RemoveAsync($"docker-archive:{Tarball}", Place("registry"), "etc/secret.key");

        await ExpectOciAsync(Place("registry"));
    }

    [PeerFact("skopeo")]
    public async Task Publish_IntoADirectory_IsReadBySkopeo()
    {
        await PublishAsync(Place("dir"), null);

        Tool.Run("skopeo", "copy", Place("dir"), $"oci:{_folder["back"]}:1");

        Assert.Equal(["etc/secret.key"], await ListAsync($"oci:{_folder["back"]}:1"));
    }

    private static WriteOptions Docker => new() { Format = ManifestFormat.Docker, Attestations = AttestationRule.Follow };

    private string Place(string place) => place switch
    {
        "registry" => $"{Host}/app:1",
        "dir" => $"dir:{_folder["out"]}",
        _ => $"{place}:{_folder["out"]}:1",
    };

    private void ExpectNothing(string place)
    {
        Assert.DoesNotContain(Registry.Requests, request => request.Method is not ("GET" or "HEAD"));
        Assert.False(Path.Exists(_folder["out"]), place);
    }

    private async Task ExpectOciAsync(string reference)
    {
        ManifestContent manifest = await ResolveAsync(reference);
        JsonNode json = JsonNode.Parse(manifest.Bytes.Span)!;
        Assert.Equal(OciManifest, (string?)json["mediaType"]);
        Assert.Equal("application/vnd.oci.image.config.v1+json", (string?)json["config"]!["mediaType"]);
        Assert.Equal([OciZstd], json["layers"]!.AsArray().Select(layer => (string)layer!["mediaType"]!));
    }

    private Task<IReadOnlyList<PublishedImage>> PublishAsync(string destination, ManifestFormat? format) =>
        new ArchivePublisher(Tarball, null, TestSession.Begin(_log)).PublishAsync(
            [ImageReference.Parse(destination)], format, CancellationToken.None);

    /// <summary>An image in zstd; of two platforms, the second one is in gzip.</summary>
    private string Layout(params string[] platforms)
    {
        Directory.CreateDirectory(_folder["in"]);
        var layout = new LayoutBuilder(_folder["in"]).Add(LayerTar, Zstd(LayerTar), OciZstd);
        if (platforms.Length == 1)
        {
            layout.Write("1");
        }
        else
        {
            var gzip = new LayoutBuilder(_folder["in"]).Add(LayerTar, RegistryImage.Gzip(LayerTar), LayoutBuilder.GzipLayer);
            LayoutBuilder.Write(_folder["in"], "1", ("amd64", layout), ("arm64", gzip));
        }

        return $"oci:{_folder["in"]}:1";
    }

    private static byte[] LayerTar => new TarBuilder().Add("etc/secret.key", Sample.Text(9000)).ToBytes();

    private static byte[] Zstd(byte[] bytes)
    {
        using var compressor = new ZstdSharp.Compressor();
        return compressor.Wrap(bytes).ToArray();
    }

    private void SaveTarball()
    {
        string config = """{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:"""
            + $$$"""{{{Sample.Hash(LayerTar)}}}"]},"history":[{"created_by":"a"}]}""";
        byte[] tar = new TarBuilder()
            .Add("config.json", System.Text.Encoding.UTF8.GetBytes(config))
            .Add("layer.tar", Zstd(LayerTar))
            .Add("manifest.json", """[{"Config":"config.json","RepoTags":["app:1"],"Layers":["layer.tar"]}]"""u8.ToArray())
            .ToBytes();
        File.WriteAllBytes(Tarball, tar);
    }
}
