// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Core.Tests.Manifests;

public sealed class ManifestContentTests
{
    [Theory]
    [InlineData(
        """{"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{},"layers":[]}""",
        null,
        MediaTypes.DockerManifest)]
    [InlineData(
        """{"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{},"layers":[]}""",
        MediaTypes.OciIndex,
        MediaTypes.DockerManifest)]
    [InlineData("""{"mediaType":"application/vnd.example","manifests":[]}""", MediaTypes.OciIndex, "application/vnd.example")]
    [InlineData("""{"config":{},"layers":[]}""", MediaTypes.DockerManifest, MediaTypes.DockerManifest)]
    [InlineData("""{"manifests":[]}""", MediaTypes.DockerList, MediaTypes.DockerList)]
    [InlineData("""{"mediaType":"","manifests":[]}""", MediaTypes.DockerList, MediaTypes.DockerList)]
    [InlineData("""{"mediaType":null,"manifests":[]}""", MediaTypes.DockerList, MediaTypes.DockerList)]
    [InlineData("""{"mediaType":7,"manifests":[]}""", MediaTypes.DockerList, MediaTypes.DockerList)]
    [InlineData("""{"config":{},"layers":[]}""", null, MediaTypes.OciManifest)]
    [InlineData("""{"config":{}}""", "text/plain", MediaTypes.OciManifest)]
    [InlineData("""{"layers":[]}""", "application/json", MediaTypes.OciManifest)]
    [InlineData("""{"manifests":[]}""", null, MediaTypes.OciIndex)]
    [InlineData("""{"manifests":null}""", "application/octet-stream", MediaTypes.OciIndex)]
    [InlineData("""{"schemaVersion":1,"fsLayers":[]}""", null, MediaTypes.DockerSchema1)]
    [InlineData("""{"schemaVersion":1,"fsLayers":[],"signatures":[]}""", "application/json", MediaTypes.DockerSchema1Signed)]
    [InlineData("""{"schemaVersion":1,"fsLayers":[],"signatures":null}""", null, MediaTypes.DockerSchema1)]
    [InlineData("""{"schemaVersion":1,"fsLayers":[]}""", MediaTypes.DockerSchema1Signed, MediaTypes.DockerSchema1)]
    [InlineData("""{"schemaVersion":1,"fsLayers":null,"signatures":[{}]}""", MediaTypes.DockerSchema1, MediaTypes.DockerSchema1Signed)]
    [InlineData("""{"schemaVersion":1,"fsLayers":[]}""", MediaTypes.DockerManifest, MediaTypes.DockerSchema1)]
    [InlineData(
        """{"schemaVersion":1,"fsLayers":[],"mediaType":"application/vnd.oci.image.manifest.v1+json"}""", null, MediaTypes.DockerSchema1)]
    [InlineData(
        """{"schemaVersion":1,"fsLayers":[],"mediaType":"application/vnd.docker.distribution.manifest.v1+json","signatures":[]}""",
        null,
        MediaTypes.DockerSchema1Signed)]
    [InlineData("""{"schemaVersion":2,"fsLayers":[]}""", "application/json", "application/json")]
    [InlineData("""{"schemaVersion":"1","fsLayers":[]}""", null, "")]
    [InlineData("""{"schemaVersion":1.5,"fsLayers":[]}""", null, "")]
    [InlineData("""{"schemaVersion":2,"layers":[],"fsLayers":[]}""", MediaTypes.DockerManifest, MediaTypes.DockerManifest)]
    [InlineData("{}", "application/json", "application/json")]
    [InlineData("{}", null, "")]
    public void Identify_DocumentAndLabel_FindsTheType(string json, string? label, string expected)
    {
        byte[] bytes = Json.Bytes(json);
        Digest digest = Digest.FromBytes(bytes);

        ManifestContent content = ManifestContent.Identify(bytes, label, digest, "The manifest");

        Assert.Equal(expected, content.MediaType);
        Assert.True(content.Bytes.Equals(bytes));
        Assert.Equal(digest, content.Digest);
        Assert.Equal(
            (expected, digest, (long)bytes.Length), (content.Descriptor.MediaType, content.Descriptor.Digest, content.Descriptor.Size));
    }

    [Theory]
    [InlineData("""{"manifests":[],"layers":[]}""")]
    [InlineData("""{"manifests":[],"config":{}}""")]
    [InlineData("""{"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[],"config":null}""")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[],"layers":[]}""")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[],"config":{}}""")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[],"manifests":[],"mediaType":"application/vnd.oci.image.index.v1+json"}""")]
    public void Identify_TwoKindsInOne_Throws(string json) => ExpectInvalid(json, "ambiguous");

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("<html></html>", "not JSON")]
    [InlineData("""{"layers":[]}x""", "not JSON")]
    [InlineData("""{"layers":[],}""", "not JSON")]
    [InlineData("""{/**/}""", "not JSON")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("7", "not a JSON object")]
    public void Identify_NoDocument_Throws(string json, string mentions) => ExpectInvalid(json, mentions);

    [Theory]
    [InlineData("""{"mediaType":"\ud800","layers":[]}""")]
    [InlineData("""{"mediaType":"\udc00\ud800"}""")]
    public void Identify_TypeThatIsNoText_Throws(string json) => ExpectInvalid(json, "The manifest");

    [Fact]
    public void Identify_DeepDocument_Throws() => ExpectInvalid(new string('[', 100_000), "not JSON");

    [Fact]
    public void Identify_TypeThatIsNotUtf8_Throws()
    {
        byte[] bytes = [.. "{\"mediaType\":\""u8, 0xFF, 0xC0, .. "\"}"u8];

        Json.ExpectInvalid("InvalidManifest", "The manifest", () => ManifestContent.Identify(bytes, null, default, "The manifest"));
    }

    private static void ExpectInvalid(string json, string mentions) =>
        Json.ExpectInvalid(
            "InvalidManifest", mentions, () => ManifestContent.Identify(Json.Bytes(json), MediaTypes.OciManifest, default, "The manifest"));
}
