// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.Core.Tests.Support;
using OciPS.IO;

namespace OciPS.Core.Tests.IO;

/// <summary>Lines are those that .NET's own reader finds.</summary>
public sealed class TextLineReaderTests
{
    public static TheoryData<string> Texts() =>
    [
        string.Empty, "\n", "\r\n", "\r", "a", "a\n", "a\r\nb\r\n", "a\rb", "\n\n\r\r\n\na", "a\r", "ä€😀\nö", "\uFEFFbom\nx",
        new string('x', 40_000) + "\r\n" + new string('y', 20_000),
        string.Concat(Enumerable.Range(0, 3000).Select(number => $"line {number}\r\n")),
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task ReadLine_WholeOrByteByByte_IsAsStreamReaderReadsIt(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);

        Assert.Equal(Expected(bytes, Encoding.UTF8), await ReadAsync(new MemoryStream(bytes), Encoding.UTF8));
        Assert.Equal(Expected(bytes, Encoding.UTF8), await ReadAsync(new OneByteStream(bytes), Encoding.UTF8));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task ReadLine_Utf16WithItsMark_IsAsStreamReaderReadsIt(string text)
    {
        byte[] bytes = [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(text)];

        Assert.Equal(Expected(bytes, Encoding.UTF8), await ReadAsync(new OneByteStream(bytes), Encoding.UTF8));
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(11, false)]
    public async Task ReadLine_LineOfSomeLength_IsBounded(int length, bool isAllowed)
    {
        byte[] bytes = Encoding.UTF8.GetBytes("a\n" + new string('x', length) + "\nb");

        if (isAllowed)
        {
            Assert.Equal(3, (await ReadAsync(new OneByteStream(bytes), Encoding.UTF8, 10)).Count);
        }
        else
        {
            InvalidContentException error = await Assert.ThrowsAsync<InvalidContentException>(
                () => ReadAsync(new OneByteStream(bytes), Encoding.UTF8, 10));
            Assert.Equal("FileTooLarge", error.ErrorId);
        }
    }

    private static List<string> Expected(byte[] bytes, Encoding encoding)
    {
        using var reader = new StreamReader(new MemoryStream(bytes), encoding, detectEncodingFromByteOrderMarks: true);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        return lines;
    }

    private static async Task<List<string>> ReadAsync(Stream content, Encoding encoding, int maximum = int.MaxValue)
    {
        using var reader = new TextLineReader(content, encoding, maximum, "file");
        var lines = new List<string>();
        while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
        {
            lines.Add(line);
        }

        return lines;
    }
}
