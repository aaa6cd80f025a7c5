// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.Manifests.Json;
using OciPS.References;
using OciPS.Tar;

namespace OciPS.Core.Tests.Manifests;

/// <summary>Errors about documents say in words what is wrong.</summary>
public sealed class WordingTests
{
    [Theory]
    [InlineData("sha256:abc", "a malformed SHA-256")]
    [InlineData("sha256:", "a malformed SHA-256")]
    [InlineData("sha512:abc", "a malformed SHA-512")]
    [InlineData("md5:abc", "neither SHA-256 nor SHA-512")]
    [InlineData("abc", "neither SHA-256 nor SHA-512")]
    public void Digest_ThatIsNone_IsCalledWhatItIs(string digest, string words)
    {
        Json.ExpectInvalid("UnsupportedDigest", words, () => ImageManifest.Parse(
            Json.Content("{\"schemaVersion\":2,\"config\":{\"digest\":\"" + digest + "\",\"size\":1},\"layers\":[]}"), "The manifest"));
        Assert.Contains(words, Assert.Throws<InvalidInputException>(() => Digest.Parse(digest)).Message, StringComparison.Ordinal);
        Assert.Contains(
            words, Assert.Throws<InvalidInputException>(() => ImageReference.Parse("nginx@" + digest)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("oci:/srv/none@sha256:abc")]
    [InlineData("oci-archive:/srv/none:1@sha256:abc")]
    public void Reference_WithAMalformedDigest_IsNoPath(string text)
    {
        var error = Assert.Throws<InvalidInputException>(() => ImageReference.Parse(text));

        Assert.Equal("InvalidReference", error.ErrorId);
        Assert.Contains("'sha256:abc' is a malformed SHA-256", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""", "a")]
    [InlineData("""{"a":{"b":[{"c":1,"c":2}]}}""", "c")]
    [InlineData("""{"a":1,"\u0061":2}""", "a")]
    [InlineData("""{"a":{"b":1},"c":{"b":1},"b":[{"b":1},{"b":2}]}""", null)]
    [InlineData("{", null)]
    public void Duplicates_AnyDocument_AreFound(string json, string? key) => Assert.Equal(key, JsonDuplicates.Find(Json.Bytes(json)));

    [Fact]
    public void Edit_KeyThatIsThereTwice_IsNamed()
    {
        var error = Assert.Throws<InvalidContentException>(() => ManifestJson.Edit(
            Json.Bytes("""{"layers":[],"layers":[]}"""), "InvalidManifest", "The manifest", json => json["x"] = 1));

        Assert.Contains("the key 'layers' twice", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(511)]
    public async Task Tar_ShorterThanAHeader_IsCalledNoTar(int length)
    {
        foreach (Stream stream in new Stream[] { new MemoryStream(new byte[length]), new OneByteStream(new byte[length]) })
        {
            using var reader = new TarReader(stream, "Layer 0");

            InvalidContentException error = await Assert.ThrowsAsync<InvalidContentException>(
                async () => await reader.ReadAsync(CancellationToken.None));

            Assert.Equal("InvalidTar", error.ErrorId);
            Assert.Contains($"is not a tar: it has {length} bytes", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("", "", null, null, "")]
    [InlineData("", "", "v8", null, "//v8")]
    [InlineData("linux", "", null, null, "linux/")]
    [InlineData("", "arm64", null, null, "/arm64")]
    [InlineData("windows", "amd64", null, "10", "windows/amd64:10")]
    public void Platform_OfNothing_IsShownAsNothing(string os, string architecture, string? variant, string? version, string text) =>
        Assert.Equal(text, new Platform(os, architecture) { Variant = variant, OSVersion = version }.ToString());
}
