// SPDX-License-Identifier: MIT

using System.Text.Json;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.Manifests.Json;

namespace OciPS.Core.Tests.Manifests;

public sealed class Schema1ManifestTests(Schema1Peer peer) : IClassFixture<Schema1Peer>
{
    private const string BlobA = "{\"blobSum\":\"" + Json.DigestA + "\"}";
    private const string BlobB = "{\"blobSum\":\"" + Json.DigestB + "\"}";

    [PeerTheory("skopeo", "docker-registry")]
    [InlineData("1")]
    [InlineData("2")]
    public void Parse_ManifestFromARegistry_HasTheLayersOldestFirst(string tag)
    {
        Schema1Manifest manifest = Parse(Json.Text(peer.Ask(tag).Bytes));

        Assert.Equal(("team/app", tag, "arm"), (manifest.Name, manifest.Tag, manifest.Architecture));
        Assert.Equal(
            [(peer.Layers[0], false), (Schema1Peer.EmptyLayer, true), (peer.Layers[1], false), (Schema1Peer.EmptyLayer, true)],
            manifest.Layers.Select(layer => (layer.Digest.ToString(), layer.IsEmpty)));
        Assert.Equal("2021-02-03T04:05:03Z", JsonNode.Parse(manifest.Layers[0].V1Compatibility.Span)!["created"]!.GetValue<string>());
        Assert.Equal("linux/arm/v7", manifest.Platform.ToString());
    }

    [Theory]
    [InlineData("""{"os":"windows","architecture":"arm64","variant":"v8","os.version":"10.0.1"}""", "windows/arm64/v8:10.0.1")]
    [InlineData("""{"os":"linux","architecture":"386"}""", "linux/386")]
    [InlineData("""{"os":"","architecture":""}""", "linux/s390x")]
    [InlineData("""{"os":null,"architecture":null,"variant":null}""", "linux/s390x")]
    [InlineData("{}", "linux/s390x")]
    public void Parse_NewestHistory_HasThePlatform(string v1, string expected) =>
        Assert.Equal(expected, Parse(Document(v1, """{"os":"plan9","architecture":"none"}""")).Platform.ToString());

    [Theory]
    [InlineData("""{"throwaway":true}""", true)]
    [InlineData("""{"throwaway":false}""", false)]
    [InlineData("""{"throwaway":null}""", false)]
    [InlineData("{}", false)]
    public void Parse_Throwaway_IsAnEmptyLayer(string v1, bool expected) =>
        Assert.Equal([false, expected], Parse(Document(v1, "{}")).Layers.Select(layer => layer.IsEmpty));

    [Fact]
    public void Parse_NoNames_AreEmpty()
    {
        Schema1Manifest manifest = Parse(
            $$"""{"schemaVersion":1,"fsLayers":[{{BlobA}}],"history":[{"v1Compatibility":"{}"}],"name":null}""");

        Assert.Equal(("", "", ""), (manifest.Name, manifest.Tag, manifest.Architecture));
        Assert.Equal("linux/", manifest.Platform.ToString());
    }

    [Theory]
    [InlineData("a", "a", 1)]
    [InlineData("a", "b", 2)]
    [InlineData("", "", 2)]
    [InlineData(null, null, 2)]
    public void Parse_SameIdInARow_CountsOnce(string? newer, string? older, int expected)
    {
        string Entry(string? id) => id is null ? "{}" : $$"""{"id":"{{id}}"}""";

        Schema1Manifest manifest = Parse(Document(Entry(newer), Entry(older)));

        Assert.Equal(expected, manifest.Layers.Count);
        Assert.Equal(Json.DigestB, manifest.Layers[0].Digest.ToString());
    }

    [Theory]
    [InlineData("[]", "not an object")]
    [InlineData("null", "not an object")]
    [InlineData("{}", "is no schema 1 manifest")]
    [InlineData("""{"schemaVersion":1}""", "is no schema 1 manifest")]
    [InlineData("""{"schemaVersion":2,"fsLayers":[],"history":[]}""", "is no schema 1 manifest")]
    [InlineData("""{"schemaVersion":"1","fsLayers":[],"history":[]}""", "is no schema 1 manifest")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[],"history":[]}""", "0 'fsLayers' and 0 entries")]
    [InlineData("""{"schemaVersion":1,"fsLayers":null,"history":null}""", "0 'fsLayers' and 0 entries")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[A,A],"history":[{"v1Compatibility":"{}"}]}""", "2 'fsLayers' and 1 entries")]
    [InlineData(
        """{"schemaVersion":1,"fsLayers":[A],"history":[{"v1Compatibility":"{}"},{"v1Compatibility":"{}"}]}""",
        "1 'fsLayers' and 2 entries")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[A]}""", "1 'fsLayers' and 0 entries")]
    [InlineData("""{"schemaVersion":1,"fsLayers":{},"history":[]}""", "'fsLayers'")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[A],"history":"x"}""", "'history'")]
    [InlineData(
        """{"schemaVersion":1,"fsLayers":["x"],"history":[{"v1Compatibility":"{}"}]}""", "Layer 0 of the manifest is not an object")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[{}],"history":[{"v1Compatibility":"{}"}]}""", "'blobSum'")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[{"blobSum":7}],"history":[{"v1Compatibility":"{}"}]}""", "'blobSum'")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[A],"history":[null]}""", "The history of layer 0 of the manifest is not an object")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[A],"history":[{}]}""", "'v1Compatibility'")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[A],"history":[{"v1Compatibility":{}}]}""", "'v1Compatibility'")]
    [InlineData(
        """{"schemaVersion":1,"fsLayers":[A],"history":[{"v1Compatibility":""}]}""", "The history of layer 0 of the manifest is not JSON")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[A],"history":[{"v1Compatibility":"[]"}]}""", "is not a JSON object")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[A],"history":[{"v1Compatibility":"{\"throwaway\":1}"}]}""", "'throwaway'")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[A],"history":[{"v1Compatibility":"{\"throwaway\":\"true\"}"}]}""", "'throwaway'")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[A],"history":[{"v1Compatibility":"{\"id\":7}"}]}""", "'id'")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[A],"history":[{"v1Compatibility":"{\"os\":[]}"}]}""", "'os'")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[A],"history":[{"v1Compatibility":"{\"id\":\"\\ud800\"}"}]}""", "not Unicode")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[A],"history":[{"v1Compatibility":"\ud800"}]}""", "not Unicode")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[A],"history":[{"v1Compatibility":"{}"}],"name":7}""", "'name'")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[A],"history":[{"v1Compatibility":"{}"}],"tag":[]}""", "'tag'")]
    [InlineData("""{"schemaVersion":1,"fsLayers":[A],"history":[{"v1Compatibility":"{}"}],"architecture":{}}""", "'architecture'")]
    public void Parse_BadField_SaysWhich(string json, string mentions) => ExpectInvalid("InvalidManifest", mentions, json);

    [Fact]
    public void Parse_DeepHistory_IsInvalidManifest() =>
        ExpectInvalid("InvalidManifest", "not JSON", Document(new string('[', 100_000), "{}"));

    [Theory]
    [InlineData("")]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("sha256:../../../etc/passwd")]
    [InlineData("tarsum.v1+sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4")]
    public void Parse_DigestThatCannotBeChecked_IsUnsupportedDigest(string digest) => ExpectInvalid(
        "UnsupportedDigest",
        $"'{digest}'",
        $$"""{"schemaVersion":1,"fsLayers":[{"blobSum":"{{digest}}"}],"history":[{"v1Compatibility":"{}"}]}""");

    [Theory]
    [InlineData("""{"schemaVersion":1,"fsLayers":[]}""", true)]
    [InlineData("""{"schemaVersion":1,"fsLayers":null}""", true)]
    [InlineData("""{"schemaVersion":1,"history":[]}""", false)]
    [InlineData("""{"fsLayers":[]}""", false)]
    [InlineData("""{"schemaVersion":2,"fsLayers":[]}""", false)]
    [InlineData("""{"schemaVersion":99999999999,"fsLayers":[]}""", false)]
    [InlineData("""{"schemaVersion":"1","fsLayers":[]}""", false)]
    [InlineData("""{"\ud800_fsLayers_schemaVersion":1}""", false)]
    [InlineData("[1]", false)]
    [InlineData("<html>", false)]
    [InlineData("", false)]
    public void IsSchema1_AnyBytes_SaysWhether(string json, bool expected) =>
        Assert.Equal(expected, Schema1Manifest.IsSchema1(Json.Bytes(json)));

    private static string Document(string newer, string older) =>
        $$"""
        {"schemaVersion":1,"name":"n","tag":"t","architecture":"s390x","fsLayers":[{{BlobA}},{{BlobB}}],
         "history":[{"v1Compatibility":{{JsonSerializer.Serialize(newer)}}},{"v1Compatibility":{{JsonSerializer.Serialize(older)}}}]}
        """;

    private static Schema1Manifest Parse(string json) =>
        ManifestJson.Read(
            Json.Bytes("{\"x\":" + json + "}"),
            "InvalidManifest",
            "the manifest",
            outer => Schema1Manifest.Parse(outer.GetProperty("x"), "the manifest"));

    private static void ExpectInvalid(string errorId, string mentions, string json)
    {
        string document = json.Replace("[A", "[" + BlobA, StringComparison.Ordinal)
            .Replace(",A]", "," + BlobA + "]", StringComparison.Ordinal);
        var error = Assert.Throws<InvalidContentException>(() => Parse(document));
        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(mentions, error.Message, StringComparison.OrdinalIgnoreCase);
    }
}
