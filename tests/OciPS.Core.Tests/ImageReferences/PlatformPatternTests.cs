// SPDX-License-Identifier: MIT

using System.Text.RegularExpressions;
using OciPS.References;

namespace OciPS.Core.Tests.ImageReferences;

public sealed class PlatformPatternTests
{
    private static readonly string[] s_platforms =
        ["linux/amd64", "linux/arm64/v8", "linux/arm/v7", "linux/arm/v6", "windows/amd64:10.0.20348.1", "windows/amd64:10.0.17763.9", "none"];

    // One letter for each platform above, in its place; a dot for one that is not meant.
    [Theory]
    [InlineData("linux/amd64", "x.....")]
    [InlineData("linux/arm64/v8", ".x....")]
    [InlineData("linux/arm64", ".x....")]
    [InlineData("linux/arm/v7", "..x...")]
    [InlineData("linux/arm", "..xx..")]
    [InlineData("linux/arm/v5", "......")]
    [InlineData("linux/amd64/v2", "x.....")]
    [InlineData("linux/s390x", "......")]
    [InlineData("windows/amd64", "....xx")]
    [InlineData("windows/amd64:10.0.17763.9", ".....x")]
    [InlineData("windows/amd64:10.0.17763", "......")]
    [InlineData("linux/amd64:10.0.17763.9", "......")]
    [InlineData("linux/*", "xxxx..")]
    [InlineData("*/amd64", "x...xx")]
    [InlineData("*", "xxxxxx")]
    [InlineData("*/*", "xxxxxx")]
    [InlineData("*/*/*", "xxxxxx")]
    [InlineData("linux/arm*", ".xxx..")]
    [InlineData("linux/arm*/v*", ".xxx..")]
    [InlineData("linux/*/v7", "..x...")]
    [InlineData("windows/*:10.0.20348.*", "....x.")]
    [InlineData("linux/*:*", "xxxx..")]
    [InlineData("Linux/AMD64", "......")]
    public void Select_APattern_GivesThoseThatFit(string pattern, string expected)
    {
        IReadOnlyList<string> chosen = Parse(pattern).Select(s_platforms, ToPlatform);

        Assert.Equal(s_platforms.Where((_, i) => i < expected.Length && expected[i] == 'x'), chosen);
    }

    [Theory]
    [InlineData("linux/arm", "linux/arm/v7 linux/arm", "linux/arm")]
    [InlineData("linux/arm/v7", "linux/arm linux/arm/v7 linux/arm/v6", "linux/arm/v7")]
    [InlineData("linux/arm/v7", "linux/arm linux/arm/v6", "linux/arm")]
    [InlineData("linux/arm/v7", "linux/arm/v6 linux/arm/v5", "")]
    [InlineData("linux/arm*", "linux/arm linux/arm/v7 linux/arm64/v8", "linux/arm linux/arm/v7 linux/arm64/v8")]
    public void Select_SomeFitExactly_TheOthersAreNotMeant(string pattern, string platforms, string expected)
    {
        IReadOnlyList<string> chosen = Parse(pattern).Select(platforms.Split(' '), ToPlatform);

        Assert.Equal(expected, string.Join(' ', chosen));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void IsExact_NoVariantNamed_FitsWhereThereIsNone(string? variant)
    {
        Assert.True(Parse("linux/arm64").IsExact(new Platform("linux", "arm64") { Variant = variant }));
        Assert.False(Parse("linux/arm64").IsExact(new Platform("linux", "arm64") { Variant = "v8" }));
    }

    [Theory]
    [InlineData("linux/amd64", false)]
    [InlineData("windows/amd64:10.0.20348.1", false)]
    [InlineData("linux/*", true)]
    [InlineData("*/amd64", true)]
    [InlineData("linux/arm/v*", true)]
    [InlineData("windows/amd64:10.*", true)]
    public void Parse_APlatform_KeepsItsText(string text, bool hasWildcards)
    {
        PlatformPattern pattern = Parse(text);

        Assert.Equal(text, pattern.ToString());
        Assert.Equal(hasWildcards, pattern.HasWildcards);
    }

    [Theory]
    [InlineData("")]
    [InlineData("linux")]
    [InlineData("linux/")]
    [InlineData("/amd64")]
    [InlineData("linux//v8")]
    [InlineData("linux/arm/v7/")]
    [InlineData("linux/arm/v7/x")]
    [InlineData("windows/amd64:")]
    [InlineData(":10.0")]
    [InlineData("linux:10.0")]
    [InlineData(" linux/amd64")]
    [InlineData("linux/amd64 ")]
    [InlineData("linux/amd 64")]
    [InlineData("linux/amd64\n")]
    [InlineData("linux/amd64\0")]
    [InlineData("windows/amd64:10 0")]
    public void Parse_NoPlatform_IsInvalidPlatform(string text)
    {
        var error = Assert.Throws<InvalidInputException>(() => Parse(text));

        Assert.Equal("InvalidPlatform", error.ErrorId);
        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("linux/arm64/v8", error.Message, StringComparison.Ordinal);
    }

    private static PlatformPattern Parse(string text) => PlatformPattern.Parse(
        text,
        part => part.Contains('*', StringComparison.Ordinal),
        part => value => Regex.IsMatch(value, "^" + Regex.Escape(part).Replace("\\*", ".*", StringComparison.Ordinal) + "$", RegexOptions.CultureInvariant));

    private static Platform? ToPlatform(string text)
    {
        string[] versioned = text.Split(':');
        string[] parts = versioned[0].Split('/');
        return parts.Length < 2 ? null : new Platform(parts[0], parts[1])
        {
            Variant = parts.ElementAtOrDefault(2),
            OSVersion = versioned.ElementAtOrDefault(1),
        };
    }
}
