// SPDX-License-Identifier: MIT

namespace OciPS.Core.Tests;

/// <summary>
/// ECMA-48's control characters, and those of Unicode's bidirectional algorithm (annex 9, table "Bidirectional Character Types").
/// </summary>
public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain: /etc/päss wörd 日本", "plain: /etc/päss wörd 日本")]
    [InlineData("a\u001b]0;x\u0007b", @"a\u001b]0;x\u0007b")]
    [InlineData("\u009b31m", @"\u009b31m")]
    [InlineData("\u007f\u0000\u0008", @"\u007f\u0000\u0008")]
    [InlineData("line\nnext\r\ttab", @"line\u000anext\u000d\u0009tab")]
    [InlineData("\u202egpj.exe", @"\u202egpj.exe")]
    [InlineData(
        "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u2066\u2067\u2068\u2069",
        @"\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u2066\u2067\u2068\u2069")]
    [InlineData("\u2028\u2029\ufeff", @"\u2028\u2029\ufeff")]
    [InlineData("👩\u200d🚀 می\u200cخواهم", "👩\u200d🚀 می\u200cخواهم")]
    [InlineData("\U000e0041", @"\U000e0041")]
    public void Escape_AnyText_SteersNoTerminal(string text, string expected) => Assert.Equal(expected, TerminalText.Escape(text));

    [Fact]
    public void Escape_HalvesOfSurrogates_AreEscaped() => Assert.Equal(@"a\ud83db\udc00", TerminalText.Escape("a\ud83db\udc00"));

    [Fact]
    public void Escape_BytesThatAreNotUtf8_AreShownAsInPaths() =>
        Assert.Equal("'a\\xe8' and 'a\\xe9' 😀", TerminalText.Escape("'a\udce8' and 'a\udce9' 😀"));

    [Fact]
    public void Escape_LinesKept_LeavesLinesAndTabsAlone() =>
        Assert.Equal("a\n\tb\\u000d\\u001b", TerminalText.Escape("a\n\tb\r\e", keepsLines: true));

    [Fact]
    public void Message_OfAnyError_IsEscaped() =>
        Assert.Equal(@"no '\u001b[2J'", new InvalidInputException("Id", "no '\e[2J'").Message);
}
