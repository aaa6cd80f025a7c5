// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Core.Tests.Manifests;

public sealed class ManifestEditorTests
{
    private const string Source = """
        {
          "schemaVersion": 2,
          "x-before": [1.50, {"é": null}],
          "mediaType": "application/vnd.oci.image.manifest.v1+json",
          "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "size": 10, "x-config": "kept", "data": "b2xk"},
          "layers": [
            {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "size": 20,
             "annotations": {"containerd.io/uncompressed": "sha256:1", "org.example": "kept"}, "data": "b2xk"},
            {"mediaType": "application/vnd.oci.image.layer.v1.tar+zstd", "size": 30, "digest": "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc", "x-layer": {"kept": true},
             "data": "b2xk",
             "annotations": {
               "containerd.io/snapshot/stargz/toc.digest": "sha256:2",
               "io.containers.estargz.uncompressed-size": "3",
               "io.github.containers.zstd-chunked.manifest-checksum": "sha256:4",
               "io.github.containers.zstd-chunked.manifest-position": "5",
               "containerd.io/uncompressed": "sha256:6"}}
          ],
          "annotations": {"org.opencontainers.image.base.name": "kept <&>"},
          "x-after": {"y": [true]}
        }
        """;

    private static readonly Descriptor s_config = new(MediaTypes.OciConfig, Digest.FromBytes("config"u8), 111);
    private static readonly Descriptor s_layer = new(MediaTypes.OciLayerGzip, Digest.FromBytes("layer"u8), 222);

    [Fact]
    public void Replace_OneLayer_ChangesItAndTheConfigAlone()
    {
        ManifestContent replaced = Replace(Source, s_config, new() { [1] = s_layer });

        // The expected manifest: the source with these fields changed by hand.
        JsonNode expected = JsonNode.Parse(Source)!;
        JsonObject config = expected["config"]!.AsObject();
        config["digest"] = s_config.Digest.ToString();
        config["size"] = 111;
        config.Remove("data");
        JsonObject layer = expected["layers"]![1]!.AsObject();
        layer["mediaType"] = MediaTypes.OciLayerGzip;
        layer["digest"] = s_layer.Digest.ToString();
        layer["size"] = 222;
        layer.Remove("data");
        layer.Remove("annotations");
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(replaced.Bytes.Span)), Json.Text(replaced.Bytes));
        Assert.Equal(MediaTypes.OciManifest, replaced.MediaType);
        Assert.Equal(Digest.FromBytes(replaced.Bytes.Span), replaced.Digest);
        Assert.Equal(replaced.Bytes.Length, replaced.Descriptor.Size);
    }

    [Fact]
    public void Replace_OneLayer_KeepsTheOrderOfFieldsAndTheirText()
    {
        string text = Json.Text(Replace(Source, s_config, new() { [1] = s_layer }).Bytes);

        string[] names = JsonNode.Parse(text)!.AsObject().Select(field => field.Key).ToArray();
        Assert.Equal(["schemaVersion", "x-before", "mediaType", "config", "layers", "annotations", "x-after"], names);
        Assert.Contains("1.50", text, StringComparison.Ordinal);
        Assert.Contains("\"é\"", text, StringComparison.Ordinal);
        Assert.Contains("kept <&>", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Replace_StaleAndOtherAnnotations_DropsTheStaleOnes()
    {
        ManifestContent replaced = Replace(Source, s_config, new() { [0] = s_layer });

        JsonNode layers = JsonNode.Parse(replaced.Bytes.Span)!["layers"]!;
        Assert.Equal("""{"org.example":"kept"}""", layers[0]!["annotations"]!.ToJsonString());
        Assert.Null(layers[0]!["data"]);
        Assert.Equal(5, layers[1]!["annotations"]!.AsObject().Count);
        Assert.Equal("b2xk", layers[1]!["data"]!.GetValue<string>());
    }

    [Fact]
    public void Replace_SameDescriptors_KeepsAnnotationsAndData()
    {
        ImageManifest manifest = ImageManifest.Parse(Json.Content(Source), "The manifest");

        ManifestContent replaced = ManifestEditor.Replace(
            manifest,
            manifest.Config,
            new Dictionary<int, Descriptor> { [0] = manifest.Layers[0], [1] = manifest.Layers[1] },
            "The manifest");

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Source), JsonNode.Parse(replaced.Bytes.Span)));
    }

    [Theory]
    [InlineData("""{"a":1,"a":2,"config":CONFIG,"layers":[LAYER]}""")]
    [InlineData("""{"config":CONFIG,"layers":[LAYER],"layers":[LAYER]}""")]
    [InlineData("""{"config":CONFIG+DOUBLE,"layers":[LAYER]}""")]
    [InlineData("""{"config":CONFIG,"layers":[LAYER+DOUBLE]}""")]
    [InlineData("""{"config":CONFIG,"layers":[LAYER+DOUBLE-ANNOTATIONS]}""")]
    [InlineData("""{"config":CONFIG,"layers":[LAYER],"x":{"a":1,"a":2}}""", false)]
    public void Replace_DoubleKeys_ThrowsOrKeepsThem(string shape, bool throws = true)
    {
        string json = shape
            .Replace("{", """{"schemaVersion":2,""", StringComparison.Ordinal)
            .Replace("""{"schemaVersion":2,"a":1,"a":2}""", """{"a":1,"a":2}""", StringComparison.Ordinal)
            .Replace(
                "CONFIG", $$"""{"mediaType":"{{MediaTypes.OciConfig}}","digest":"{{Json.DigestA}}","size":1}""", StringComparison.Ordinal)
            .Replace(
                "LAYER", $$"""{"mediaType":"{{MediaTypes.OciLayerGzip}}","digest":"{{Json.DigestB}}","size":1}""", StringComparison.Ordinal)
            .Replace("}+DOUBLE-ANNOTATIONS", ""","annotations":{"a":"1","a":"2"}}""", StringComparison.Ordinal)
            .Replace("}+DOUBLE", ""","size":2}""", StringComparison.Ordinal);

        if (throws)
        {
            Json.ExpectInvalid("InvalidManifest", "ambiguous", () => Replace(json, s_config, new() { [0] = s_layer }));
        }
        else
        {
            Assert.Contains(
                """{"a":1,"a":2}""", Json.Text(Replace(json, s_config, new() { [0] = s_layer }).Bytes), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Replace_OddTextInUnknownFields_KeepsItOrThrows()
    {
        string odd = Source.Replace("\"kept\": true", "\"kept\": \"\\ud800\"", StringComparison.Ordinal);

        Exception? error = Record.Exception(() => Assert.Contains(
            "\\ud800", Json.Text(Replace(odd, s_config, new() { [0] = s_layer }).Bytes), StringComparison.OrdinalIgnoreCase));

        Assert.True(error is null or InvalidContentException { ErrorId: "InvalidManifest" }, error?.ToString());
    }

    [Theory]
    [InlineData(ManifestFormat.Oci, MediaTypes.OciManifest)]
    [InlineData(ManifestFormat.Docker, MediaTypes.DockerManifest)]
    public void Create_EitherFormat_ParsesAsWhatWentIn(ManifestFormat format, string mediaType)
    {
        ManifestContent created = ManifestEditor.Create(format, s_config, [s_layer, s_config]);

        ManifestContent identified = ManifestContent.Identify(created.Bytes, null, created.Digest, "The manifest");
        ImageManifest manifest = ImageManifest.Parse(identified, "The manifest");
        Assert.Equal(mediaType, created.MediaType);
        Assert.Equal(mediaType, identified.MediaType);
        Assert.Equal(Digest.FromBytes(created.Bytes.Span), created.Digest);
        Assert.Equal(2, manifest.SchemaVersion);
        Assert.Equal(
            (s_config.Digest, 111, MediaTypes.OciConfig), (manifest.Config.Digest, manifest.Config.Size, manifest.Config.MediaType));
        Assert.Equal([s_layer.Digest, s_config.Digest], manifest.Layers.Select(layer => layer.Digest));
    }

    [Fact]
    public void Create_NoLayers_HasAnEmptyArray() =>
        Assert.Empty(JsonNode.Parse(ManifestEditor.Create(ManifestFormat.Oci, s_config, []).Bytes.Span)!["layers"]!.AsArray());

    [Fact]
    public void Replace_SizeIsNotKnown_IsRefused()
    {
        Assert.Throws<InvalidOperationException>(
            () => Replace(Source, s_config, new() { [1] = Descriptor.WithUnknownSize(MediaTypes.OciLayerGzip, s_layer.Digest) }));
        Assert.Throws<InvalidOperationException>(
            () => Replace(Source, Descriptor.WithUnknownSize(MediaTypes.OciConfig, s_config.Digest), []));
    }

    [Fact]
    public void Create_SizeIsNotKnown_IsRefused()
    {
        Assert.Throws<InvalidOperationException>(
            () => ManifestEditor.Create(ManifestFormat.Docker, s_config, [s_layer, Descriptor.WithUnknownSize("x", s_layer.Digest)]));
        Assert.Throws<InvalidOperationException>(
            () => ManifestEditor.Create(ManifestFormat.Docker, Descriptor.WithUnknownSize("x", s_layer.Digest), []));
    }

    private static ManifestContent Replace(string json, Descriptor config, Dictionary<int, Descriptor> layers) =>
        ManifestEditor.Replace(ImageManifest.Parse(Json.Content(json), "The manifest"), config, layers, "The manifest");
}
