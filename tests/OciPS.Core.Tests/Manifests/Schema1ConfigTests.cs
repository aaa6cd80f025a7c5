// SPDX-License-Identifier: MIT

using System.Text.Json;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.Manifests.Json;
using OciPS.References;

namespace OciPS.Core.Tests.Manifests;

public sealed class Schema1ConfigTests(Schema1Peer peer) : IClassFixture<Schema1Peer>
{
    private const string IdA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string IdB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    private const string IdC = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc";
    private const string Created = "\"created\":\"2014-01-02T03:04:05.123456789Z\"";

    [PeerTheory("skopeo", "docker-registry")]
    [InlineData("1")]
    [InlineData("2")]
    public void Create_ManifestFromARegistry_IsSkopeosConfig(string tag) => ExpectAsSkopeo(peer.Ask(tag).Bytes);

    [PeerFact("skopeo", "docker-registry")]
    public void Create_SkopeosManifest_IsSkopeosConfig() => ExpectAsSkopeo(peer.SkopeosManifest);

    /// <summary>As Docker 1.9 and older pushed images: nothing says that a layer is empty, so that it counts as a layer.</summary>
    [PeerFact("skopeo", "docker-registry")]
    public void Create_EmptyLayersThatAreNotMarked_IsSkopeosConfig() => ExpectAsSkopeo(Document(
        (Schema1Peer.EmptyLayer, $$"""
            {"id":"{{IdC}}","parent":"{{IdB}}",{{Created}},"os":"linux","architecture":"amd64","docker_version":"1.9.1","Size":0,
             "container":"0123","container_config":{"Hostname":"h","Cmd":["/bin/sh","-c","#(nop) CMD [\"sh\"]"],"Env":null },
             "config":{"Hostname":"h","Cmd":["sh"],"Env":["A=1"],"Volumes":null,"Labels":{} },"x-unknown":[1.50,{"é":null}] }
            """),
        (peer.Layers[1], $$"""{"id":"{{IdB}}","parent":"{{IdA}}",{{Created}},"container_config":{"Cmd":["/bin/sh","-c","echo <b>"] }"""
            + ""","author":"me","Size":500}"""),
        (peer.Layers[0], $$"""{"id":"{{IdA}}",{{Created}},"comment":"Imported from -","Size":300}""")));

    [PeerFact("skopeo", "docker-registry")]
    public void Create_LayerThatIsListedTwice_IsSkopeosConfig() => ExpectAsSkopeo(Document(
        (peer.Layers[1], $$"""{"id":"{{IdB}}","parent":"{{IdA}}",{{Created}},"os":"linux","architecture":"amd64","comment":"newest"}"""),
        (peer.Layers[0], $$"""{"id":"{{IdA}}",{{Created}},"comment":"twice"}"""),
        (peer.Layers[0], $$"""{"id":"{{IdA}}",{{Created}},"comment":"once"}""")));

    [PeerFact("skopeo", "docker-registry")]
    public void Create_ThrowawayWithContent_IsSkopeosConfig() => ExpectAsSkopeo(Document(
        (peer.Layers[1], $$"""{"id":"{{IdB}}","parent":"{{IdA}}",{{Created}}"""
            + ""","os":"windows","os.version":"10.0.1","architecture":"arm64","throwaway":true,"parent_id":"p","layer_id":"l"}"""),
        (peer.Layers[0], $$"""{"id":"{{IdA}}",{{Created}},"throwaway":false,"container_config":{"Cmd":null} }""")));

    [Fact]
    public void Create_NoDiffIds_HasNoRootFs()
    {
        Schema1Manifest manifest = Parse(
            Document((Json.DigestA, """{"os":"linux","architecture":"arm","rootfs":{"type":"old"},"history":["old"],"size":3}""")));

        Assert.Equal(
            """{"os":"linux","architecture":"arm","history":[{}]}""", Json.Text(Schema1Config.Create(manifest, null, "The manifest")));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"os":"","architecture":null}""")]
    public void Create_NoPlatform_TakesTheManifests(string v1)
    {
        JsonNode config = JsonNode.Parse(
            Schema1Config.Create(Parse(Document((Json.DigestA, v1))), [Digest.Parse(Json.DigestB)], "The manifest").Span)!;

        Assert.Equal(("linux", "amd64"), (config["os"]!.GetValue<string>(), config["architecture"]!.GetValue<string>()));
        Assert.Equal([Json.DigestB], ImageConfig.Parse(Json.Bytes(config.ToJsonString()), "The config").DiffIds);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Create_WrongNumberOfDiffIds_Throws(int count)
    {
        Schema1Manifest manifest = Parse(Document((Json.DigestA, "{}"), (Json.DigestB, """{"throwaway":true}"""), (Json.DigestC, "{}")));

        Assert.Throws<ArgumentException>(
            () => Schema1Config.Create(manifest, Enumerable.Repeat(Digest.Parse(Json.DigestA), count).ToArray(), "The manifest"));
    }

    [Theory]
    [InlineData("""{"created":7}""", "'created'")]
    [InlineData("""{"author":[]}""", "'author'")]
    [InlineData("""{"comment":{}}""", "'comment'")]
    [InlineData("""{"container_config":{"Cmd":"sh"}}""", "'Cmd'")]
    [InlineData("""{"container_config":{"Cmd":[null]}}""", "'Cmd'")]
    [InlineData("""{"comment":"\ud800"}""", "not Unicode")]
    [InlineData("""{"x":1,"x":2}""", "wrong or ambiguous")]
    [InlineData("""{"config":{"A":"\ud800"}}""", "wrong or ambiguous")]
    public void Create_OddHistory_IsInvalidManifest(string v1, string mentions)
    {
        Schema1Manifest manifest = Parse(Document((Json.DigestA, v1)));

        Json.ExpectInvalid("InvalidManifest", mentions, () => Schema1Config.Create(manifest, null, "The manifest"));
    }

    [Theory]
    [InlineData("""{"container_config":null}""")]
    [InlineData("""{"container_config":"x"}""")]
    [InlineData("""{"container_config":{"Cmd":[]}}""")]
    [InlineData("""{"author":null,"comment":"","created":null}""")]
    public void Create_NothingInTheHistory_IsAnEntryAllTheSame(string older)
    {
        Schema1Manifest manifest = Parse(
            Document((Json.DigestA, """{"os":"linux","architecture":"arm","comment":"c"}"""), (Json.DigestB, older)));

        JsonNode config = JsonNode.Parse(Schema1Config.Create(manifest, null, "The manifest").Span)!;

        Assert.Equal("""[{},{"comment":"c"}]""", config["history"]!.ToJsonString());
    }

    private static byte[] Document(params (string Digest, string V1)[] newestFirst) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        schemaVersion = 1,
        name = "team/app",
        tag = "1",
        architecture = "amd64",
        fsLayers = newestFirst.Select(layer => new { blobSum = layer.Digest }),
        history = newestFirst.Select(layer => new { v1Compatibility = layer.V1 }),
    });

    private static Schema1Manifest Parse(byte[] manifest) =>
        ManifestJson.Read(manifest, "InvalidManifest", "The manifest", json => Schema1Manifest.Parse(json, "The manifest"));

    private void ExpectAsSkopeo(byte[] document)
    {
        JsonNode expected = JsonNode.Parse(peer.GetConfig(document))!;
        Digest[] diffIds = expected["rootfs"]!["diff_ids"]!.AsArray().Select(diffId => Digest.Parse(diffId!.GetValue<string>())).ToArray();

        JsonNode config = JsonNode.Parse(Schema1Config.Create(Parse(document), diffIds, "The manifest").Span)!;

        Assert.True(JsonNode.DeepEquals(expected, config), $"{expected.ToJsonString()}\n{config.ToJsonString()}");
    }
}
