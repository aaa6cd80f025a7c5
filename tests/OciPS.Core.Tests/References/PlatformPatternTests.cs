// SPDX-License-Identifier: MIT

using System.Text.RegularExpressions;
using OciPS.References;

namespace OciPS.Core.Tests.References;

public sealed class PlatformPatternTests
{
    private static readonly string[] s_platforms =
        [
            "linux/amd64",
            "linux/arm64/v8",
            "linux/arm/v7",
            "linux/arm/v6",
            "windows/amd64:10.0.20348.1",
            "windows/amd64:10.0.17763.9",
            "none"];

    // One letter for each platform above, in its place; a dot for one that is not meant.
    [Theory]
    [InlineData("linux/amd64", "x.....")]
    [InlineData("linux/arm64/v8", ".x....")]
    [InlineData("linux/arm64", ".x....")]
    [InlineData("linux/arm/v7", "..x...")]
    [InlineData("linux/arm", "..x...")]
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
    [InlineData("Linux/AMD64", "x.....")]
    [InlineData("WINDOWS/*", "....xx")]
    [InlineData("linux/ARM*", ".xxx..")]
    [InlineData("amd64", "x.....")]
    [InlineData("arm64", ".x....")]
    [InlineData("armel", "...x..")]
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

    // What containerd's TestParseSelector and normalizeArch say: the pattern, and platforms that it matches.
    [Theory]
    [InlineData("linux/arm64", "linux/aarch64 linux/aarch64/v8 linux/arm64/v8 LINUX/Arm64")]
    [InlineData("linux/arm64/v8", "linux/aarch64 linux/aarch64/v8 linux/arm64 linux/arm64/8")]
    [InlineData("linux/aarch64", "linux/arm64 linux/arm64/v8 linux/aarch64/v8")]
    [InlineData("linux/arm", "linux/arm/v7 linux/armhf linux/arm/7")]
    [InlineData("linux/arm/v7", "linux/arm linux/armhf linux/arm/7")]
    [InlineData("linux/arm/v6", "linux/armel linux/arm/6")]
    [InlineData("linux/armel", "linux/arm/v6 linux/arm/6")]
    [InlineData("armhf", "linux/arm linux/arm/v7")]
    [InlineData("Aarch64", "linux/arm64 linux/arm64/v8")]
    [InlineData("x86_64", "linux/amd64 linux/x86-64 linux/amd64/v1")]
    [InlineData("Linux/x86_64", "linux/amd64 Linux/X86_64")]
    [InlineData("linux/amd64/v1", "linux/amd64 linux/x86_64")]
    [InlineData("linux/amd64/v3", "linux/x86_64/v3")]
    [InlineData("i386", "linux/386 linux/i386")]
    [InlineData("macOS/arm64", "darwin/arm64 darwin/aarch64")]
    [InlineData("s390x", "linux/s390x")]
    [InlineData("linux/arm64/*", "linux/aarch64 linux/arm64/v8 linux/arm64/v9")]
    [InlineData("linux/aarch64/v*", "linux/arm64/v8 linux/arm64/v9")]
    public void Select_OtherSpelling_FitsAlike(string pattern, string platforms)
    {
        string[] others = ["linux/riscv64", "linux/amd64/v4", "linux/arm/v5", "freebsd/arm64", "linux/ppc64le", "none"];

        Assert.All(platforms.Split(' '), platform => Assert.Equal([platform], Parse(pattern).Select([.. others, platform], ToPlatform)));
    }

    [Theory]
    [InlineData("linux/arm64", "linux/arm64 linux/aarch64", "linux/arm64")]
    [InlineData("linux/arm64", "linux/arm64/v9 linux/aarch64", "linux/aarch64")]
    [InlineData("linux/arm64", "linux/arm64/v9", "linux/arm64/v9")]
    [InlineData("linux/arm64/v8", "linux/arm64/v9", "")]
    [InlineData("linux/arm", "linux/arm/v6 linux/arm/v5", "linux/arm/v6 linux/arm/v5")]
    public void Select_SameSpellingFirst_ThenTheSamePlatformThenAnyVariant(string pattern, string platforms, string expected) =>
        Assert.Equal(expected, string.Join(' ', Parse(pattern).Select(platforms.Split(' '), ToPlatform)));

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
    [InlineData("Arm64", false)]
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
    [InlineData("arm64:10.0")]
    [InlineData("nothing")]
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
        Assert.Contains($"'{TerminalText.Escape(text)}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("linux/arm64/v8", error.Message, StringComparison.Ordinal);
    }

    private static PlatformPattern Parse(string text) => PlatformPattern.Parse(
        text,
        part => part.Contains('*', StringComparison.Ordinal),
        part => value => Regex.IsMatch(
            value, "^" + Regex.Escape(part).Replace("\\*", ".*", StringComparison.Ordinal) + "$", RegexOptions.CultureInvariant));

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
