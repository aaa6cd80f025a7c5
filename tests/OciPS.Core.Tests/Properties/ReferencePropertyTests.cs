// SPDX-License-Identifier: MIT

using System.Security.Cryptography;
using System.Text.RegularExpressions;
using CsCheck;
using OciPS.Core.Tests.Support;
using OciPS.References;

namespace OciPS.Core.Tests.Properties;

public sealed class ReferencePropertyTests
{
    [Fact]
    public void Parse_AnyText_IsAReferenceThatComesBackOrAnInputError() => Names.Any.Sample(
        text =>
        {
            if (TryParse(() => ImageReference.Parse(text)) is { } reference)
            {
                Assert.Equal(reference, ImageReference.Parse(reference.ToString()));
            }
        },
        iter: 50_000);

    [Fact]
    public void Parse_ReferenceToARegistry_IsItsParts() =>
        Gen.Select(Names.Host, Names.Repository, Names.Tag.Null(), Names.Digest.Null()).Sample(
        (host, repository, tag, digest) =>
        {
            string text = $"{host}/{repository}{(tag is null ? "" : ":" + tag)}{(digest is null ? "" : "@" + digest)}";

            ImageReference reference = ImageReference.Parse(text);

            Assert.Equal(
                (host, repository, tag ?? (digest is null ? "latest" : null), digest),
                (reference.Registry, reference.Repository, reference.Tag, reference.Digest?.ToString()));
            Assert.Equal(reference, ImageReference.Parse("docker://" + text));
            Assert.Equal(tag is null && digest is null ? text + ":latest" : text, reference.ToString());
        },
        iter: 20_000);

    [Fact]
    public void ParseDigest_AnyText_IsWhatTheSpecificationAllowsOrAnInputError() =>
        Gen.OneOf(Names.Digest, Gen.Select(Names.Digest, Gen.Int[0, 200], Gen.Char, Spoil), Names.Any).Sample(
        text =>
        {
            Digest? digest = TryParse(() => (Digest?)Digest.Parse(text));

            Assert.Equal(Regex.IsMatch(text, @"\A(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})\z"), digest is not null);
            Assert.Equal(digest is not null, Digest.TryParse(text, out Digest tried));
            Assert.Equal(digest is null ? "" : text, tried.ToString());
        },
        iter: 20_000);

    [Fact]
    public void FromBytes_AnyBytes_IsTheirHash() => Gen.Byte.Array[0, 300].Sample(bytes =>
    {
        Assert.Equal("sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes)), Digest.FromBytes(bytes).ToString());
        Assert.Equal(
            "sha512:" + Convert.ToHexStringLower(SHA512.HashData(bytes)),
            DigestAlgorithm.Sha512.Compute(bytes).ToString());
    });

    [Fact]
    public void ParsePlatform_AnyText_IsAPatternOrAnInputError() => Names.Any.Sample(
        text =>
        {
            PlatformPattern? pattern = TryParse(() => TestImages.Platform(text));
            Assert.Equal(pattern is null ? null : text, pattern?.ToString());
        },
        iter: 20_000);

    [Fact]
    public void ParsePlatform_TextOfAPlatform_MeansThatPlatform()
    {
        Gen<string> part = Gen.String[Gen.Char["abc018."], 1, 6];
        Gen.Select(part, part, part.Null(), part.Null(), part).Sample((os, architecture, variant, version, other) =>
        {
            var platform = new Platform(os, architecture) { Variant = variant, OSVersion = version };

            PlatformPattern pattern = TestImages.Platform(platform.ToString());

            Assert.True(pattern.IsExact(platform));
            Assert.Equal(other == os, pattern.IsExact(platform with { OS = other }));
            Assert.Equal(other == architecture, pattern.IsExact(platform with { Architecture = other }));
            Assert.Equal(other == variant, pattern.IsExact(platform with { Variant = other }));
            Assert.Equal(version is null || other == version, pattern.IsExact(platform with { OSVersion = other }));
        });
    }

    private static string Spoil(string digest, int at, char letter) =>
        at >= digest.Length ? digest + letter : digest[..at] + letter + digest[(at + 1)..];

    /// <summary>What came out; null for the error of an input that is wrong. There is no other.</summary>
    private static T? TryParse<T>(Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (InvalidInputException)
        {
            return default;
        }
    }
}
