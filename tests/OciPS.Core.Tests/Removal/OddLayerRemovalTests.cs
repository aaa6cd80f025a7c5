// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Images;
using OciPS.Removal;

namespace OciPS.Core.Tests.Removal;

/// <summary>Removes files from images that have layers which are none of a file system that is here.</summary>
public sealed class OddLayerRemovalTests : IDisposable
{
    private const string HelmConfig = "application/vnd.cncf.helm.config.v1+json";
    private const string HelmLayer = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
    private const string WasmConfig = "application/vnd.wasm.config.v0+json";

    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;
    private readonly RecordingLog _log = new();

    public OddLayerRemovalTests() => _images = new LayoutImages(_folder["in"]);

    public void Dispose() => _folder.Dispose();

    [PeerTheory("python3")]
    [InlineData("application/vnd.oci.image.layer.nondistributable.v1.tar", false)]
    [InlineData("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", false)]
    [InlineData("application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", false)]
    [InlineData("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", true)]
    public async Task Remove_ForeignLayer_PassesAsADescriptor(string type, bool docker)
    {
        JsonObject foreign = _images.GetLayer(type, ("secret", "SECRET"));
        foreign["urls"] = new JsonArray("https://foreign.example/layer");
        foreign["x-unknown"] = 1;
        JsonObject image = _images.Image(
            "windows/amd64:10.0.1", [foreign, _images.GetLayer(
                docker ? LayoutImages.DockerLayerType : LayoutImages.LayerType, ("secret", "MINE"), ("a", "A"))], docker: docker);
        _images.Tag("1", image);
        File.Delete(_images.BlobPath(LayoutImages.Digest(foreign)));

        RewrittenImage result = await RemoveAsync("secret");

        JsonObject after = Manifest();
        Assert.True(JsonNode.DeepEquals(foreign, after["layers"]![0]), after.ToJsonString());
        Assert.Equal(DiffId(image, 0), DiffId(Config(after), 0));
        Assert.Equal(["a=A"], Assert.Single(LayoutPeer.Read(_folder["out"], TagOut(), "MINE").Images).Layers[1]!);
        Assert.Equal(LayoutImages.Digest(foreign), Assert.Single(result.UnreadLayers).Digest.ToString());
        Assert.Equal(LayoutImages.Digest(foreign), Assert.Single(result.KeptLayers).Digest.ToString());
        Assert.Contains(_log.Warnings, warning => warning.Contains(
            LayoutImages.Digest(foreign), StringComparison.Ordinal) && warning.Contains(type, StringComparison.Ordinal));
    }

    [PeerFact("python3")]
    public async Task Remove_LayerThatIsAtItsUrlsAlone_PassesAsADescriptor()
    {
        JsonObject elsewhere = _images.Layer(("secret", "ELSEWHERE"));
        elsewhere["urls"] = new JsonArray("https://foreign.example/layer");
        JsonObject image = _images.Image("linux/amd64", [elsewhere, _images.Layer(("secret", "SECRET"), ("a", "A"))]);
        _images.Tag("1", image);
        File.Delete(_images.BlobPath(LayoutImages.Digest(elsewhere)));

        RewrittenImage result = await RemoveAsync("secret");

        JsonObject after = Manifest();
        Assert.True(JsonNode.DeepEquals(elsewhere, after["layers"]![0]), after.ToJsonString());
        Assert.Equal(DiffId(image, 0), DiffId(Config(after), 0));
        Assert.Equal(["a=A"], Assert.Single(LayoutPeer.Read(_folder["out"], TagOut(), "SECRET").Images).Layers[1]!);
        Assert.Equal(LayoutImages.Digest(elsewhere), Assert.Single(result.UnreadLayers).Digest.ToString());
        Assert.Contains("https://foreign.example/layer", Assert.Single(_log.Warnings), StringComparison.Ordinal);
    }

    [PeerFact("python3")]
    public async Task Remove_LayerThatIsHereAndAtItsUrls_IsWorkedOnAndLosesThem()
    {
        // What is at those addresses has the removed file in it.
        JsonObject layer = _images.Layer(("secret", "SECRET"), ("a", "A"));
        layer["urls"] = new JsonArray("https://foreign.example/layer");
        layer["annotations"] = new JsonObject { ["org.example"] = "kept" };
        _images.Tag("1", _images.Image("linux/amd64", [layer]));

        RewrittenImage result = await RemoveAsync("secret");

        JsonNode after = Manifest()["layers"]![0]!;
        Assert.Equal(["mediaType", "digest", "size", "annotations"], after.AsObject().Select(field => field.Key));
        Assert.Equal([["a=A"]], LayoutPeer.Entries(_folder["out"], TagOut()));
        Assert.Empty(result.UnreadLayers);
    }

    [Fact]
    public async Task Remove_LayerIsMissing_IsBlobNotFound()
    {
        JsonObject layer = _images.Layer(("secret", "SECRET"));
        _images.Tag("1", _images.Image("linux/amd64", [layer]));
        File.Delete(_images.BlobPath(LayoutImages.Digest(layer)));

        var error = await Assert.ThrowsAsync<ContentNotFoundException>(() => RemoveAsync("secret"));

        Assert.Equal("BlobNotFound", error.ErrorId);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [PeerFact("python3")]
    public async Task Remove_ForeignLayerOfAnIndex_IsUnreadInThatImageAlone()
    {
        JsonObject foreign = _images.GetLayer("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", ("x", "X"));
        foreign["urls"] = new JsonArray("https://foreign.example/layer");
        JsonObject own = _images.Layer(("secret", "SECRET"), ("a", "A"));
        _images.Tag("1", _images.Index(_images.Image("windows/amd64:10.0.1", [foreign, own]), _images.Image("linux/amd64", [own])));
        File.Delete(_images.BlobPath(LayoutImages.Digest(foreign)));

        RewrittenImage result = await RemoveAsync("secret");

        Assert.Equal([1, 0], result.Images.Select(image => image.UnreadLayers.Count));
        Assert.Single(result.UnreadLayers);
        Assert.Single(result.RewrittenLayers);
        Assert.All(LayoutPeer.Read(_folder["out"], TagOut(), "SECRET").Images, image => Assert.Equal(["a=A"], image.Layers[^1]!));
    }

    [Fact]
    public async Task Remove_ForeignLayerAndNothingMatches_IsTheSourcesManifest()
    {
        JsonObject foreign = _images.GetLayer("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", ("x", "X"));
        foreign["urls"] = new JsonArray("https://foreign.example/layer");
        string digest = _images.Tag("1", _images.Image("windows/amd64:10.0.1", [foreign, _images.Layer(("a", "A"))]));
        File.Delete(_images.BlobPath(LayoutImages.Digest(foreign)));

        RewrittenImage result = await RemoveAsync("x");

        Assert.Equal(digest, TagOut());
        Assert.False(result.Published.Changed);
        Assert.Single(result.UnreadLayers);
    }

    [Theory]
    [InlineData("application/vnd.oci.image.layer.v1.tar+encrypted")]
    [InlineData("application/vnd.oci.image.layer.v1.tar+gzip+encrypted")]
    [InlineData("application/vnd.oci.image.layer.v1.tar+zstd+encrypted")]
    public async Task Remove_EncryptedLayer_IsAnErrorAndTheDestinationStays(string type)
    {
        JsonObject encrypted = _images.GetLayer(type, ("secret", "SECRET"));
        _images.Tag(
            "1",
            _images.Index(_images.Image("linux/amd64", [_images.Layer(("secret", "SECRET"))]), _images.Image("linux/arm64", [encrypted])));
        var before = new LayoutImages(_folder["out"]);
        before.Tag("1", before.Artifact());
        string[] files = Snapshot();

        var error = await Assert.ThrowsAsync<InvalidContentException>(() => RemoveAsync("secret"));

        Assert.Equal("EncryptedLayer", error.ErrorId);
        Assert.Contains(LayoutImages.Digest(encrypted), error.Message, StringComparison.Ordinal);
        Assert.Contains(type, error.Message, StringComparison.Ordinal);
        Assert.Equal(files, Snapshot());
    }

    [Fact]
    public async Task Remove_EncryptedLayerOfAPlatformThatIsNotMeant_IsNotLookedAt()
    {
        JsonObject encrypted = _images.GetLayer(LayoutImages.LayerType + "+encrypted", ("secret", "SECRET"));
        _images.Tag(
            "1",
            _images.Index(_images.Image("linux/amd64", [_images.Layer(("secret", "SECRET"))]), _images.Image("linux/arm64", [encrypted])));

        RewrittenImage result = await RemoveAsync("secret", TestImages.Select("linux/amd64"));

        Assert.Single(result.Images);
        Assert.True(result.Published.Changed);
    }

    [PeerTheory("python3")]
    [InlineData("application/vnd.in-toto+json")]
    [InlineData("application/wasm")]
    [InlineData("")]
    public async Task Remove_LayerThatIsNoTarBetweenImageLayers_KeepsDescriptorAndDiffId(string type)
    {
        JsonObject odd = NoTar(type);
        odd["annotations"] = new JsonObject { ["org.example"] = "kept" };
        odd["data"] = "b2xk";
        JsonObject image = _images.Image(
            "linux/amd64", [_images.Layer(("secret", "SECRET"), ("a", "A")), odd, _images.Layer(("b", "B"), ("secret", "SECRET"))]);
        _images.Tag("1", image);

        RewrittenImage result = await RemoveAsync("secret");

        JsonObject after = Manifest();
        Assert.True(JsonNode.DeepEquals(odd, after["layers"]![1]), after.ToJsonString());
        Assert.Equal(DiffId(image, 1), DiffId(Config(after), 1));
        Assert.Equal(_images.Blob(LayoutImages.Digest(odd)), Out().Blob(LayoutImages.Digest(odd)));
        LayoutPeer.Found found = LayoutPeer.Read(_folder["out"], TagOut(), "SECRET");
        Assert.Equal([["a=A"], null, ["b=B"]], Assert.Single(found.Images).Layers);
        Assert.Empty(found.Holding);
        Assert.Equal(LayoutImages.Digest(odd), Assert.Single(result.UnreadLayers).Digest.ToString());
    }

    [Fact]
    public async Task Remove_UnreadLayerWithoutADiffId_IsInvalidConfig()
    {
        JsonObject odd = NoTar("application/wasm");
        JsonObject layer = _images.Layer(("secret", "SECRET"));
        JsonObject config = new()
        {
            ["os"] = "linux",
            ["architecture"] = "amd64",
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray("sha256:" + new string('0', 64)) },
        };
        _images.Tag(
            "1", _images.Put(LayoutImages.Manifest(_images.Put(config, LayoutImages.ConfigType), [layer, odd]), LayoutImages.ManifestType));

        var error = await Assert.ThrowsAsync<InvalidContentException>(() => RemoveAsync("secret"));

        Assert.Equal("InvalidConfig", error.ErrorId);
        Assert.Contains("layer 1", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Theory]
    [InlineData(HelmConfig, HelmLayer)]
    [InlineData(WasmConfig, "application/wasm")]
    [InlineData(WasmConfig, LayoutImages.LayerType)]
    [InlineData("application/vnd.oci.empty.v1+json", "application/vnd.in-toto+json")]
    [InlineData("application/vnd.oci.empty.v1+json", LayoutImages.LayerType)]
    [InlineData("application/vnd.buildkit.cacheconfig.v0", LayoutImages.LayerType)]
    [InlineData("", "application/octet-stream")]
    public async Task Remove_FileOfAnArtifact_IsUnsupportedImageAndNothingIsWritten(string configType, string layerType)
    {
        _images.Tag("1", Artifact(configType, layerType));

        var error = await Assert.ThrowsAsync<InvalidContentException>(() => RemoveAsync("secret"));

        Assert.Equal("UnsupportedImage", error.ErrorId);
        Assert.Contains("'secret'", error.Message, StringComparison.Ordinal);
        Assert.Contains($"'{configType}'", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Theory]
    [InlineData(HelmConfig, HelmLayer)]
    [InlineData(WasmConfig, "application/wasm")]
    [InlineData("application/vnd.oci.empty.v1+json", LayoutImages.LayerType)]
    public async Task Remove_NothingOfAnArtifact_PassesUntouched(string configType, string layerType)
    {
        string digest = _images.Tag("1", Artifact(configType, layerType));

        RewrittenImage result = await RemoveAsync("nothing");

        Assert.Equal(digest, TagOut());
        Assert.False(result.Published.Changed);
        Assert.Empty(result.RewrittenLayers);
        Assert.Equal(Snapshot("in"), Snapshot());
    }

    [PeerFact("python3")]
    public async Task Remove_ArtifactsBesideImages_KeepTheirEntriesAndBytes()
    {
        JsonObject image = _images.Image("linux/amd64", [_images.Layer(("secret", "SECRET"), ("a", "A"))]);
        JsonObject[] artifacts = [Artifact(HelmConfig, HelmLayer, "chart"), Artifact(
            WasmConfig, LayoutImages.LayerType, "wasm"), _images.Artifact()];
        artifacts[0]["platform"] = new JsonObject { ["os"] = "linux", ["architecture"] = "amd64" };
        artifacts[1]["artifactType"] = "application/wasm";
        _images.Tag("1", _images.Index(artifacts[0], image, artifacts[1], artifacts[2]));

        await RemoveAsync("secret");

        JsonArray entries = Out().Json(TagOut())["manifests"]!.AsArray();
        Assert.True(JsonNode.DeepEquals(artifacts[0], entries[0]));
        Assert.True(JsonNode.DeepEquals(artifacts[1], entries[2]));
        Assert.True(JsonNode.DeepEquals(artifacts[2], entries[3]));
        Assert.All(
            artifacts, artifact => Assert.Equal(_images.Blob(LayoutImages.Digest(artifact)), Out().Blob(LayoutImages.Digest(artifact))));
        Assert.Equal(["a=A"], LayoutPeer.Read(_folder["out"], TagOut()).Images[1].Layers[0]!);
    }

    private JsonObject NoTar(string type) => _images.Put([.. "{\"of\":"u8, .. Sample.Text(2000)], type);

    private JsonObject Artifact(string configType, string layerType, string file = "secret") => _images.Put(
        LayoutImages.Manifest(
            _images.Put(new JsonObject { ["name"] = configType }, configType),
            [_images.GetLayer(layerType, (file, "SECRET"))]), LayoutImages.ManifestType);

    private Task<RewrittenImage> RemoveAsync(string path, PlatformSelection? platforms = null) => TestImages.RemoveAsync(
        $"oci:{_folder["in"]}:1", $"oci:{_folder["out"]}:1", FileSelection.ByPath([path], [], recurse: false), _log, platforms: platforms);

    private LayoutImages Out() => LayoutImages.Open(_folder["out"]);

    private string TagOut() => LayoutImages.GetTagDigest(_folder["out"], "1");

    private JsonObject Manifest() => Out().Json(TagOut());

    private JsonObject Config(JsonObject manifest) => Out().Json((string)manifest["config"]!["digest"]!);

    private string DiffId(JsonObject descriptorOrConfig, int layer)
    {
        JsonObject config = descriptorOrConfig["rootfs"] is not null
            ? descriptorOrConfig
            : _images.Json((string)_images.Json(LayoutImages.Digest(descriptorOrConfig))["config"]!["digest"]!);
        return (string)config["rootfs"]!["diff_ids"]![layer]!;
    }

    /// <summary>The files of a layout with their content, index.json aside where layouts are compared.</summary>
    private string[] Snapshot(string name = "out") => Directory.GetFiles(_folder[name], "*", SearchOption.AllDirectories)
        .Where(path => Path.GetFileName(path) != "index.json")
        .Select(path => Path.GetRelativePath(_folder[name], path) + " " + Sample.Hash(File.ReadAllBytes(path)))
        .Append(LayoutImages.GetTagDigest(_folder[name], "1"))
        .Order(StringComparer.Ordinal).ToArray();
}
