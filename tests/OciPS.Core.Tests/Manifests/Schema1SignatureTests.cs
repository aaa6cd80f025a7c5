// SPDX-License-Identifier: MIT

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Core.Tests.Manifests;

public sealed class Schema1SignatureTests(Schema1Peer peer) : IClassFixture<Schema1Peer>
{
    private const string Body = """{"schemaVersion":1,"name":"n" """;
    private const string Tail = "\n}";

    [PeerTheory("skopeo", "docker-registry")]
    [InlineData("1")]
    [InlineData("2")]
    public void GetDigest_ManifestFromARegistry_IsWhatTheRegistrySays(string tag)
    {
        Schema1Peer.Answer answer = peer.Ask(tag);

        Digest digest = Schema1Signature.GetDigest(answer.Bytes, null, "The manifest");

        Assert.Equal(MediaTypes.DockerSchema1Signed, answer.MediaType);
        Assert.Equal(answer.Digest, digest.ToString());
        Assert.NotEqual(Digest.FromBytes(answer.Bytes), digest);
    }

    [PeerFact("skopeo", "docker-registry")]
    public void GetDigest_SkopeosManifest_IsWhatSkopeoSays()
    {
        byte[] manifest = peer.SkopeosManifest;
        using var folder = new TemporaryFolder();

        string expected = Tool.RunText("skopeo", "manifest-digest", folder.Write("manifest.json", manifest)).Trim();

        Assert.Equal(expected, Schema1Signature.GetDigest(manifest, null, "The manifest").ToString());
    }

    [PeerTheory("skopeo", "docker-registry")]
    [InlineData("1")]
    [InlineData("2")]
    public void Payload_RealManifest_IsTheDocumentWithoutSignatures(string tag)
    {
        byte[] manifest = peer.Ask(tag).Bytes;
        JsonObject expected = JsonNode.Parse(manifest)!.AsObject();
        Assert.True(expected.Remove("signatures"));

        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(Schema1Signature.Payload(manifest, "The manifest").Span)));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData(""" { "signatures" : null } """)]
    [InlineData("""{"signatures":[]}""")]
    [InlineData("""{"a":{"signatures":[{}]}}""")]
    public void Payload_NoSignatures_IsTheManifest(string json)
    {
        byte[] manifest = Json.Bytes(json);

        Assert.Equal(manifest, Schema1Signature.Payload(manifest, "The manifest").ToArray());
        Assert.Equal("sha256:" + Sample.Hash(manifest), Schema1Signature.GetDigest(manifest, null, "The manifest").ToString());
    }

    [Fact]
    public void GetDigest_Sha512_IsOverThePayload()
    {
        byte[] manifest = Signed(Header(Body.Length, Tail));
        var like = Digest.Parse("sha512:" + new string('0', 128));

        Digest digest = Schema1Signature.GetDigest(manifest, like.Kind, "The manifest");

        Assert.Equal("sha512:" + Convert.ToHexStringLower(SHA512.HashData(Json.Bytes(Body + Tail))), digest.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("}")]
    [InlineData("\n}")]
    [InlineData("\n  }\n")]
    [InlineData("}é~?\uFFFD")]
    public void Payload_AnyTail_ComesBehindTheSignedPart(string tail)
    {
        byte[] payload = Schema1Signature.Payload(Signed(Header(Body.Length, tail), Header(Body.Length, tail)), "The manifest").ToArray();

        Assert.Equal(Body + tail, Json.Text(payload));
    }

    [Fact]
    public void Payload_PaddedBase64_IsReadToo() => Assert.Equal(
        Body + "}",
        Json.Text(Schema1Signature.Payload(Signed($$"""{"formatLength":{{Body.Length}},"formatTail":"fQ=="}"""), "The manifest")));

    [Fact]
    public void Payload_AllOfTheDocument_IsAllowed()
    {
        byte[] manifest = Signed(Header(0, ""));
        int length = manifest.Length;

        // Three digits instead of one are four more characters in base64.
        byte[] whole = Signed(Header(length + 2, ""));

        Assert.InRange(whole.Length, length + 2, length + 4);
        Assert.Equal(whole[..(length + 2)], Schema1Signature.Payload(whole, "The manifest").ToArray());
    }

    [Theory]
    [InlineData("""{"formatLength":-1,"formatTail":"fQ"}""", "'formatLength'")]
    [InlineData("""{"formatLength":"3","formatTail":"fQ"}""", "'formatLength'")]
    [InlineData("""{"formatLength":1.5,"formatTail":"fQ"}""", "'formatLength'")]
    [InlineData("""{"formatLength":null,"formatTail":"fQ"}""", "'formatLength'")]
    [InlineData("""{"formatTail":"fQ"}""", "'formatLength'")]
    [InlineData("""{"formatLength":100000,"formatTail":"fQ"}""", "first 100000 bytes")]
    [InlineData("""{"formatLength":4294967297,"formatTail":"fQ"}""", "first 4294967297 bytes")]
    [InlineData("""{"formatLength":9223372036854775807,"formatTail":"fQ"}""", "first 9223372036854775807 bytes")]
    [InlineData("""{"formatLength":9223372036854775808,"formatTail":"fQ"}""", "'formatLength'")]
    [InlineData("""{"formatLength":1e400,"formatTail":"fQ"}""", "'formatLength'")]
    [InlineData("""{"formatLength":3}""", "'formatTail'")]
    [InlineData("""{"formatLength":3,"formatTail":null}""", "'formatTail'")]
    [InlineData("""{"formatLength":3,"formatTail":7}""", "'formatTail'")]
    [InlineData("""{"formatLength":3,"formatTail":"f"}""", "'formatTail' that is not base64url")]
    [InlineData("""{"formatLength":3,"formatTail":"f!"}""", "'formatTail' that is not base64url")]
    [InlineData("""{"formatLength":3,"formatTail":"ff+/"}""", "'formatTail' that is not base64url")]
    [InlineData("""{"formatLength":3,"formatTail":"f=Q"}""", "'formatTail' that is not base64url")]
    [InlineData("""{"formatLength":3,"formatTail":"    "}""", "'formatTail' that is not base64url")]
    [InlineData("""{"formatLength":3,"formatTail":"fQ fQ fQ"}""", "'formatTail' that is not base64url")]
    [InlineData("""{"formatLength":3,"formatTail":"\ud800"}""", "not Unicode")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{", "not JSON")]
    [InlineData("", "not JSON")]
    [InlineData("\u0001\u00FF", "not JSON")]
    public void Payload_DamagedHeader_IsInvalidManifest(string header, string mentions) => ExpectInvalid(Signed(header), mentions);

    [Theory]
    [InlineData("""{"signatures":{}}""", "'signatures'")]
    [InlineData("""{"signatures":"x"}""", "'signatures'")]
    [InlineData("""{"signatures":[null]}""", "not an object")]
    [InlineData("""{"signatures":[[]]}""", "not an object")]
    [InlineData("""{"signatures":[{}]}""", "'protected'")]
    [InlineData("""{"signatures":[{"protected":null}]}""", "'protected'")]
    [InlineData("""{"signatures":[{"protected":{}}]}""", "'protected'")]
    [InlineData("""{"signatures":[{"protected":"e"}]}""", "'protected' that is not base64url")]
    [InlineData("""{"signatures":[{"protected":"{}"}]}""", "'protected' that is not base64url")]
    [InlineData("""{"signatures":[{"protected":"\ud800"}]}""", "not Unicode")]
    [InlineData("""{"signatures":[""", "not JSON")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("", "not JSON")]
    public void Payload_DamagedSignatures_IsInvalidManifest(string json, string mentions) => ExpectInvalid(Json.Bytes(json), mentions);

    [Theory]
    [InlineData(1, "}", 2, "}")]
    [InlineData(1, "}", 1, "\n}")]
    [InlineData(1, "}", 1, "")]
    [InlineData(0, "", 1, "}")]
    public void Payload_SignaturesThatDisagree_IsInvalidManifest(int length, string tail, int otherLength, string otherTail) =>
        ExpectInvalid(Signed(Header(length, tail), Header(otherLength, otherTail)), "do not agree");

    [PeerFact("skopeo", "docker-registry")]
    public void Payload_EachByteOfARealManifestChanged_IsAPayloadOrInvalid()
    {
        byte[] manifest = peer.SkopeosManifest;
        for (int position = 0; position < manifest.Length; position++)
        {
            byte[] damaged = Sample.Flip(manifest, (position * 8) + (position % 8));
            if (Record.Exception(() => Schema1Signature.GetDigest(damaged, null, "The manifest")) is { } error)
            {
                Assert.Equal("InvalidManifest", Assert.IsType<InvalidContentException>(error).ErrorId);
            }
        }
    }

    private static string Header(long length, string tail) =>
        $$"""{"formatLength":{{length}}"""
            + $$""","formatTail":"{{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(tail))}}","time":"2021-02-03T04:05:06Z"}""";

    private static byte[] Signed(params string[] headers) => Json.Bytes(
        $$"""{{Body}},"signatures":["""
            + $$"""{{string.Join(',', headers.Select(Protected))}}]}""");

    private static string Protected(string header) =>
        $$"""{"protected":"{{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}}"}""";

    private static void ExpectInvalid(byte[] manifest, string mentions)
    {
        InvalidContentException error = Json.ExpectInvalid(
            "InvalidManifest", mentions, () => Schema1Signature.Payload(manifest, "The manifest"));
        Assert.Contains("The manifest", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(
            error.Message,
            Assert.Throws<InvalidContentException>(() => Schema1Signature.GetDigest(manifest, null, "The manifest")).Message);
    }
}
