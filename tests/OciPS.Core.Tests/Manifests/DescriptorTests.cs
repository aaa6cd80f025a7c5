// SPDX-License-Identifier: MIT

using System.Text.Json;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Core.Tests.Manifests;

public sealed class DescriptorTests
{
    [Fact]
    public void Parse_AllFields_ReadsThem()
    {
        Descriptor descriptor = Parse($$$"""
            {"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{{Json.DigestA}}}","size":9007199254740993,
             "urls":["https://a.example/x","https://b.example/y"],"annotations":{"a":"1","b":"","c":null},"data":"e30=",
             "artifactType":"application/vnd.example","unknown":[1],
             "platform":{"os":"linux","architecture":"arm","variant":"v7","os.version":"5.1","os.features":["f"],"features":["sse4"]}}
            """);

        Assert.Equal("application/vnd.oci.image.manifest.v1+json", descriptor.MediaType);
        Assert.Equal(Json.DigestA, descriptor.Digest.ToString());
        Assert.Equal(Json.DigestA, descriptor.ToString());
        Assert.Equal(9007199254740993, descriptor.Size);
        Assert.Equal(["https://a.example/x", "https://b.example/y"], descriptor.Urls);
        Assert.Equal(new Dictionary<string, string> { ["a"] = "1", ["b"] = "", ["c"] = "" }, descriptor.Annotations);
        Assert.Equal("application/vnd.example", descriptor.ArtifactType);
        Assert.Equal("linux/arm/v7:5.1", descriptor.Platform!.ToString());
        Assert.Equal(["f"], descriptor.Platform.OSFeatures);
        Assert.Equal(["sse4"], descriptor.Platform.Features);
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","mediaType":null,"annotations":null,"urls":null,"platform":null,"artifactType":null""")]
    public void Parse_OnlyWhatMustBe_LeavesTheRestEmpty(string more)
    {
        Descriptor descriptor = Parse($$"""{"digest":"{{Json.DigestA}}","size":0{{more}}}""");

        Assert.Equal(string.Empty, descriptor.MediaType);
        Assert.Equal(0, descriptor.Size);
        Assert.Empty(descriptor.Annotations);
        Assert.Empty(descriptor.Urls);
        Assert.Null(descriptor.Platform);
        Assert.Null(descriptor.ArtifactType);
    }

    [Theory]
    [InlineData("""["DIGEST"]""", "InvalidManifest", "not an object")]
    [InlineData("null", "InvalidManifest", "not an object")]
    [InlineData("""{"size":1}""", "InvalidManifest", "no 'digest'")]
    [InlineData("""{"digest":null,"size":1}""", "InvalidManifest", "no 'digest'")]
    [InlineData("""{"digest":7,"size":1}""", "InvalidManifest", "'digest'")]
    [InlineData("""{"digest":"","size":1}""", "UnsupportedDigest", "the digest ''")]
    [InlineData("""{"digest":"md5:d41d8cd98f00b204e9800998ecf8427e","size":1}""", "UnsupportedDigest", "md5:d41d")]
    [InlineData("""{"digest":"sha256:../../../etc/passwd","size":1}""", "UnsupportedDigest", "../etc")]
    [InlineData("""{"digest":"DIGEST"}""", "InvalidManifest", "'size'")]
    [InlineData("""{"digest":"DIGEST","size":-1}""", "InvalidManifest", "'size'")]
    [InlineData("""{"digest":"DIGEST","size":"1"}""", "InvalidManifest", "'size'")]
    [InlineData("""{"digest":"DIGEST","size":1.5}""", "InvalidManifest", "'size'")]
    [InlineData("""{"digest":"DIGEST","size":9223372036854775808}""", "InvalidManifest", "'size'")]
    [InlineData("""{"digest":"DIGEST","size":null}""", "InvalidManifest", "'size'")]
    [InlineData("""{"digest":"DIGEST","size":1,"mediaType":7}""", "InvalidManifest", "'mediaType'")]
    [InlineData("""{"digest":"DIGEST","size":1,"annotations":[]}""", "InvalidManifest", "'annotations'")]
    [InlineData("""{"digest":"DIGEST","size":1,"annotations":{"a":1}}""", "InvalidManifest", "'a'")]
    [InlineData("""{"digest":"DIGEST","size":1,"urls":{}}""", "InvalidManifest", "'urls'")]
    [InlineData("""{"digest":"DIGEST","size":1,"urls":[null]}""", "InvalidManifest", "'urls'")]
    [InlineData("""{"digest":"DIGEST","size":1,"artifactType":{}}""", "InvalidManifest", "'artifactType'")]
    [InlineData("""{"digest":"DIGEST","size":1,"platform":{"os":[]}}""", "InvalidManifest", "'os'")]
    [InlineData("""{"digest":"DIGEST","size":1,"platform":{"os.features":"x"}}""", "InvalidManifest", "'os.features'")]
    public void Parse_BadField_SaysWhich(string json, string errorId, string mentions) => Assert.Contains(
        "Layer 3 ",
        Json.ExpectInvalid(errorId, mentions, () => Parse(json.Replace("DIGEST", Json.DigestA, StringComparison.Ordinal))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void OfUnknownSize_UntilItIsSet_IsNotKnown()
    {
        var descriptor = Descriptor.WithUnknownSize("x", Digest.Parse(Json.DigestA));

        Assert.Equal((0, false), (descriptor.Size, descriptor.SizeIsKnown));
        Assert.False((descriptor with { MediaType = "y" }).SizeIsKnown);
        Assert.True((descriptor with { Size = 0 }).SizeIsKnown);
        Assert.True(new Descriptor("x", descriptor.Digest, 0).SizeIsKnown);
        Assert.NotEqual(new Descriptor("x", descriptor.Digest, 0), descriptor);
        Assert.Equal((5, true), (descriptor with { Size = 5 }) switch { var known => (known.Size, known.SizeIsKnown) });
    }

    private static Descriptor Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Descriptor.Parse(document.RootElement, "Layer 3 of the manifest");
    }
}
