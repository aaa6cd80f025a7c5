// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Manifests;

namespace OciPS.Core.Tests.Manifests;

public sealed class ImageIndexTests
{
    private const string Entry =
        "{\"mediaType\":\"m\",\"digest\":\"" + Json.DigestA + "\",\"size\":1,\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}}";

    [Fact]
    public void Parse_AllFields_ReadsThem()
    {
        ManifestContent content = Json.Content(
            "{\"schemaVersion\":2,\"artifactType\":\"a/b\",\"manifests\":[" + Entry + "],\"annotations\":{\"k\":\"v\"},\"subject\":" + Entry
                + "}",
            MediaTypes.OciIndex);

        ImageIndex index = ImageIndex.Parse(content, "The index");

        Assert.Same(content, index.Content);
        Assert.Equal(2, index.SchemaVersion);
        Assert.Equal("a/b", index.ArtifactType);
        Assert.Equal("linux/amd64", Assert.Single(index.Manifests).Platform!.ToString());
        Assert.Equal("v", index.Annotations["k"]);
        Assert.Equal(Json.DigestA, index.Subject!.ToString());
    }

    [Theory]
    [InlineData("""{"schemaVersion":2}""")]
    [InlineData("""{"schemaVersion":2,"manifests":null}""")]
    [InlineData("""{"schemaVersion":2,"manifests":[]}""")]
    public void Parse_NoEntries_IsEmpty(string json) => Assert.Empty(ImageIndex.Parse(Json.Content(json), "The index").Manifests);

    /// <summary>skopeo takes such lists as well.</summary>
    [Fact]
    public void Parse_NoSchemaVersion_IsTwo() =>
        Assert.Equal(2, ImageIndex.Parse(Json.Content("{\"manifests\":[" + Entry + "]}"), "The index").SchemaVersion);

    [Theory]
    [InlineData("7", "not a JSON object")]
    [InlineData("""{"schemaVersion":-2,"manifests":[]}""", "'schemaVersion'")]
    [InlineData("""{"schemaVersion":2,"manifests":"x"}""", "'manifests'")]
    [InlineData("{\"schemaVersion\":2,\"manifests\":[" + Entry + ",7]}", "Entry 1 of the index")]
    [InlineData("""{"schemaVersion":2,"subject":{"size":1}}""", "The subject of the index")]
    public void Parse_BadField_SaysWhich(string json, string mentions) =>
        Json.ExpectInvalid("InvalidManifest", mentions, () => ImageIndex.Parse(Json.Content(json), "The index"));
}
