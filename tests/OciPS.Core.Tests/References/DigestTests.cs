// SPDX-License-Identifier: MIT

using System.Security.Cryptography;
using System.Text;
using OciPS.References;

namespace OciPS.Core.Tests.References;

public sealed class DigestTests
{
    private const string Sha256OfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    private const string Sha512OfAbc =
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

    [Theory]
    [InlineData("sha256", Sha256OfAbc)]
    [InlineData("sha512", Sha512OfAbc)]
    public void Parse_KnownAlgorithm_TakesItApart(string algorithm, string hex)
    {
        Digest digest = Digest.Parse($"{algorithm}:{hex}");

        Assert.Equal(algorithm, digest.Algorithm);
        Assert.Equal(hex, digest.Hex);
        Assert.Equal($"{algorithm}:{hex}", digest.ToString());
        Assert.Equal(hex[..12], digest.Short);
        Assert.False(digest.IsEmpty);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha256")]
    [InlineData("sha256:")]
    [InlineData(Sha256OfAbc)]
    [InlineData("sha256:" + Sha256OfAbc + "0")]
    [InlineData("sha256:" + Sha512OfAbc)]
    [InlineData("sha512:" + Sha256OfAbc)]
    [InlineData("SHA256:" + Sha256OfAbc)]
    [InlineData("sha384:" + Sha256OfAbc)]
    [InlineData(" sha256:" + Sha256OfAbc)]
    [InlineData("sha256:" + Sha256OfAbc + "\n")]
    [InlineData("sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    [InlineData("sha256:../816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a\u0661")]
    public void Parse_NoDigest_Throws(string text)
    {
        Assert.False(Digest.TryParse(text, out Digest digest));
        Assert.True(digest.IsEmpty);
        var error = Assert.Throws<InvalidInputException>(() => Digest.Parse(text));
        Assert.Equal("UnsupportedDigest", error.ErrorId);
        Assert.Contains($"'{TerminalText.Escape(text)}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_Null_IsFalse() => Assert.False(Digest.TryParse(null, out _));

    [Fact]
    public void FromBytes_Abc_IsItsKnownHash() => Assert.Equal("sha256:" + Sha256OfAbc, Digest.FromBytes("abc"u8).ToString());

    [Theory]
    [InlineData("sha256:" + Sha256OfAbc)]
    [InlineData("sha512:" + Sha512OfAbc)]
    public void FromBytes_LikeAnother_UsesItsAlgorithm(string text)
    {
        var like = Digest.Parse(text);

        Assert.Equal(like, like.Kind.Compute("abc"u8));
        Assert.NotEqual(like, like.Kind.Compute("abd"u8));
    }

    [Theory]
    [InlineData("sha256:" + Sha256OfAbc)]
    [InlineData("sha512:" + Sha512OfAbc)]
    public void Finish_PiecewiseHash_IsTheDigestOfTheWhole(string text)
    {
        var expected = Digest.Parse(text);
        using IncrementalHash hash = expected.Kind.CreateHash();
        foreach (byte one in "abc"u8.ToArray())
        {
            hash.AppendData([one]);
        }

        Assert.Equal(expected, expected.Kind.Finish(hash));
    }

    [Fact]
    public void Equals_SameText_IsTrue()
    {
        string copy = new StringBuilder("sha256:").Append(Sha256OfAbc).ToString();

        Assert.Equal(Digest.Parse("sha256:" + Sha256OfAbc), Digest.Parse(copy));
        Assert.Equal(Digest.Parse("sha256:" + Sha256OfAbc).GetHashCode(), Digest.Parse(copy).GetHashCode());
    }

    [Fact]
    public void Default_HasNoText()
    {
        Digest none = default;

        Assert.True(none.IsEmpty);
        Assert.Equal(string.Empty, none.ToString());
        Assert.Equal(string.Empty, none.Hex);
        Assert.Equal(string.Empty, none.Short);
    }
}
