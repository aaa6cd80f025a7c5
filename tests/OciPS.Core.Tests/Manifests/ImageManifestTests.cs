// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Manifests;

namespace OciPS.Core.Tests.Manifests;

public sealed class ImageManifestTests
{
    private const string Config = "\"config\":{\"mediaType\":\"c\",\"digest\":\"" + Json.DigestA + "\",\"size\":1}";
    private const string Layer = "{\"mediaType\":\"l\",\"digest\":\"" + Json.DigestB + "\",\"size\":2}";

    [Fact]
    public void Parse_AllFields_ReadsThem()
    {
        ManifestContent content = Json.Content(
            "{\"schemaVersion\":2,\"artifactType\":\"a/b\"," + Config + ",\"layers\":[" + Layer + "," + Layer
                + "],\"annotations\":{\"k\":\"v\"},\"subject\":" + Layer + "}");

        ImageManifest manifest = ImageManifest.Parse(content, "The manifest");

        Assert.Same(content, manifest.Content);
        Assert.Equal(2, manifest.SchemaVersion);
        Assert.Equal("a/b", manifest.ArtifactType);
        Assert.Equal((Json.DigestA, 1, "c"), (manifest.Config.ToString(), manifest.Config.Size, manifest.Config.MediaType));
        Assert.Equal([(Json.DigestB, 2L), (Json.DigestB, 2L)], manifest.Layers.Select(layer => (layer.ToString(), layer.Size)));
        Assert.Equal("v", manifest.Annotations["k"]);
        Assert.Equal(Json.DigestB, manifest.Subject!.ToString());
    }

    [Theory]
    [InlineData("{\"schemaVersion\":2," + Config + "}")]
    [InlineData("{\"schemaVersion\":2," + Config + ",\"layers\":null,\"annotations\":null,\"subject\":null,\"artifactType\":null}")]
    [InlineData("{\"schemaVersion\":2," + Config + ",\"layers\":[],\"annotations\":{}}")]
    public void Parse_NothingOptional_IsEmpty(string json)
    {
        ImageManifest manifest = ImageManifest.Parse(Json.Content(json), "The manifest");

        Assert.Empty(manifest.Layers);
        Assert.Empty(manifest.Annotations);
        Assert.Null(manifest.Subject);
        Assert.Null(manifest.ArtifactType);
    }

    [Theory]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{", "not JSON")]
    [InlineData("""{"schemaVersion":2,"layers":[]}""", "The manifest has no 'config'")]
    [InlineData("""{"schemaVersion":2,"config":null}""", "The config of the manifest")]
    [InlineData("""{"schemaVersion":2,"config":{}}""", "The config of the manifest")]
    [InlineData("{" + Config + "}", "'schemaVersion'")]
    [InlineData("{\"schemaVersion\":\"2\"," + Config + "}", "'schemaVersion'")]
    [InlineData("{\"schemaVersion\":2," + Config + ",\"layers\":{}}", "'layers'")]
    [InlineData("{\"schemaVersion\":2," + Config + ",\"layers\":[" + Layer + ",null]}", "Layer 1 of the manifest")]
    [InlineData("{\"schemaVersion\":2," + Config + ",\"annotations\":7}", "'annotations'")]
    [InlineData("{\"schemaVersion\":2," + Config + ",\"subject\":{}}", "The subject of the manifest")]
    [InlineData("{\"schemaVersion\":2," + Config + ",\"artifactType\":7}", "'artifactType'")]
    public void Parse_BadField_SaysWhich(string json, string mentions) =>
        Json.ExpectInvalid("InvalidManifest", mentions, () => ImageManifest.Parse(Json.Content(json), "The manifest"));

    [Theory]
    [InlineData("""{"schemaVersion":2,"config":{"digest":"\ud800","size":1}}""")]
    [InlineData("{\"schemaVersion\":2," + Config + ",\"artifactType\":\"\\udfff\"}")]
    [InlineData("{\"schemaVersion\":2," + Config + ",\"annotations\":{\"a\":\"\\ud800\"}}")]
    [InlineData("{\"schemaVersion\":2," + Config + ",\"annotations\":{\"\\ud800\":\"a\"}}")]
    public void Parse_TextThatIsNotUnicode_Throws(string json) =>
        Json.ExpectInvalid(
            "InvalidManifest", "The manifest has text that is not Unicode", () => ImageManifest.Parse(Json.Content(json), "The manifest"));

    [Fact]
    public void Parse_OddTextInUnknownFields_IsPassedOver()
    {
        ImageManifest manifest = ImageManifest.Parse(
            Json.Content("{\"schemaVersion\":2," + Config + ",\"x\":\"\\ud800\"}"), "The manifest");

        Assert.Equal(2, manifest.SchemaVersion);
    }

    [Fact]
    public void Parse_HugeSchemaVersion_IsClamped() =>
        Assert.Equal(
            int.MaxValue, ImageManifest.Parse(Json.Content("{\"schemaVersion\":5000000000," + Config + "}"), "The manifest").SchemaVersion);
}
