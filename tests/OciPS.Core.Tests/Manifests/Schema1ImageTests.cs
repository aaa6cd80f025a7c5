// SPDX-License-Identifier: MIT

using System.Buffers.Text;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Core.Tests.Manifests;

/// <summary>Schema 1 read as a manifest like others.</summary>
public sealed class Schema1ImageTests(Schema1Peer peer) : IClassFixture<Schema1Peer>
{
    private const string Victim =
        "{\"schemaVersion\":1,\"fsLayers\":[{\"blobSum\":\"" + Json.DigestA + "\"}],\"history\":[{\"v1Compatibility\":\"{}\"}]}";

    [PeerTheory("skopeo", "docker-registry")]
    [InlineData("1")]
    [InlineData("2")]
    public void Parse_ManifestFromARegistry_HasTheLayersThatAreNotEmpty(string tag)
    {
        byte[] bytes = peer.Ask(tag).Bytes;

        ImageManifest manifest = ImageManifest.Parse(
            ManifestContent.Identify(bytes, "application/json", default, "The manifest"), "The manifest");

        Assert.Equal(1, manifest.SchemaVersion);
        Assert.Equal(peer.Layers, manifest.Layers.Select(layer => layer.ToString()));
        Assert.All(
            manifest.Layers,
            layer => Assert.Equal((MediaTypes.DockerLayerGzip, 0, false), (layer.MediaType, layer.Size, layer.SizeIsKnown)));
        Assert.Equal(
            (MediaTypes.DockerConfig, true, false),
            (manifest.Config.MediaType, manifest.Config.Digest.IsEmpty, manifest.Config.SizeIsKnown));
        Assert.Equal(4, manifest.Schema1!.Layers.Count);
        Assert.Empty(manifest.Annotations);
        Assert.Null(manifest.Subject);
        Assert.Null(manifest.ArtifactType);
    }

    [Fact]
    public void Parse_Unsigned_IsReadToo()
    {
        ImageManifest manifest = ImageManifest.Parse(Json.Content(Victim, MediaTypes.DockerSchema1), "The manifest");

        Assert.Equal(Json.DigestA, Assert.Single(manifest.Layers).ToString());
    }

    /// <summary>What a registry that lies would send for a digest: the signed part is that of the digest, the rest is not.</summary>
    [Fact]
    public void Parse_OtherLayersBesideTheSignedPart_AreNotBelieved()
    {
        string fields = "\"fsLayers\":[{\"blobSum\":\"" + Json.DigestB + "\"}]";

        ImageManifest manifest = Identify(SignedAnd(Victim, fields), null);

        Assert.Equal(Json.DigestA, Assert.Single(manifest.Layers).ToString());
    }

    [Theory]
    [InlineData("\"layers\":[]", "ambiguous")]
    [InlineData("\"schemaVersion\":1,\"fsLayers\":[{\"blobSum\":\"" + Json.DigestB
        + "\"}],\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\"", "no schema 1 manifest")]
    public void Parse_Schema1OnlyBesideTheSignedPart_IsInvalidManifest(string fields, string mentions)
    {
        string signed = mentions == "ambiguous" ? Victim : """{"schemaVersion":2,"x":{}}""";

        Json.ExpectInvalid("InvalidManifest", mentions, () => Identify(SignedAnd(signed, fields), MediaTypes.OciManifest));
    }

    [Fact]
    public void Parse_SignedPartIsNotJson_IsInvalidManifest() => Json.ExpectInvalid(
        "InvalidManifest", "The manifest is not JSON", () => Identify(SignedAnd(Victim, "\"x\":1", tail: ","), null));

    [Fact]
    public void Replace_Schema1_IsRefused()
    {
        ImageManifest manifest = ImageManifest.Parse(Json.Content(Victim, MediaTypes.DockerSchema1), "The manifest");
        var config = new Descriptor(MediaTypes.DockerConfig, Digest.Parse(Json.DigestB), 1);

        Assert.Throws<InvalidOperationException>(
            () => ManifestEditor.Replace(manifest, config, new Dictionary<int, Descriptor>(), "The manifest"));
    }

    private static ImageManifest Identify(string json, string? label)
    {
        ManifestContent content = ManifestContent.Identify(Json.Bytes(json), label, default, "The manifest");
        return ImageManifest.Parse(content, "The manifest");
    }

    /// <summary>A signed document with more fields behind the signature, which is not theirs.</summary>
    private static string SignedAnd(string json, string fields, string tail = "}")
    {
        string header = $$"""{"formatLength":{{json.Length - 1}},"formatTail":"{{Base64Url.EncodeToString(Json.Bytes(tail))}}"}""";
        return $$"""{{json[..^1]}},"signatures":[{"protected":"{{Base64Url.EncodeToString(Json.Bytes(header))}}"}],{{fields}}}""";
    }
}
