// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.Core.Tests.Support;
using OciPS.Tar;

namespace OciPS.Core.Tests.Tar;

public sealed class ShownPathTests
{
    // The bytes of a name (Latin-1 here), and how they are shown.
    [Theory]
    [InlineData("a\u00e8", "a\\xe8")]
    [InlineData("a\u00e9", "a\\xe9")]
    [InlineData("\u00ff\u0080/\u00c3/x", "\\xff\\x80/\\xc3/x")]
    [InlineData("\u00c3\u00a8", "è")]
    [InlineData("\u00f0\u009f\u0098\u0080\u00ff", "😀\\xff")]
    [InlineData("a\\xe8", "a\\x5cxe8")]
    [InlineData("a\\x5cxe8", "a\\x5cx5cxe8")]
    [InlineData("a\\xe8\u00e8", "a\\x5cxe8\\xe8")]
    [InlineData("a\\x2d\u00e8", "a\\x5cx2d\\xe8")]
    [InlineData("a\\\u00e8", "a\\\\xe8")]
    [InlineData("system-systemd\\x2dcryptsetup.slice", "system-systemd\\x2dcryptsetup.slice")]
    [InlineData("dev-\\xc3\\xa9.device", "dev-\\xc3\\xa9.device")]
    [InlineData("a\\xE8", "a\\xE8")]
    [InlineData("a\\x5c", "a\\x5c")]
    [InlineData("a\\b\\x\\xe", "a\\b\\x\\xe")]
    [InlineData("plain/a b", "plain/a b")]
    public void Show_Bytes_IsTextThatStandsForThem(string latin1, string shown)
    {
        string path = TarText.Decode(Encoding.Latin1.GetBytes(latin1));

        Assert.Equal(shown, ShownPath.Show(path));
        Assert.Equal(path, ShownPath.Parse(shown));
    }

    [Fact]
    public void Show_AnyBytes_AreTextOfTheirOwnThatComesBack()
    {
        var shown = new Dictionary<string, string>();
        for (int seed = 0; seed < 100_000; seed++)
        {
            // Of few letters, so that all that matters comes together.
            byte[] bytes = Sample.Noise(1 + (seed % 9), seed);
            byte[] name = [.. bytes.SelectMany(one => (byte[])[.. "\\xe85c/"u8, 0xE8, 0xC3, 0xA8, (byte)'\\'] is var letters
                ? new[] { letters[one % letters.Length] }
                : [])];
            string path = TarText.Decode(name);

            string text = ShownPath.Show(path);

            Assert.Equal(path, ShownPath.Parse(text));
            Assert.DoesNotContain(text, char.IsSurrogate);
            Assert.Equal(path, shown.GetValueOrDefault(text, path));
            shown[text] = path;
        }
    }

    [Theory]
    [InlineData("a\\xc3\\xa8")]
    [InlineData("a\\xE8")]
    [InlineData("a\\x41")]
    [InlineData("a\\x")]
    [InlineData("a\\xe")]
    public void Parse_WhatIsShownForNothing_IsMeantAsItIs(string text) => Assert.Equal(text, ShownPath.Parse(text));
}
