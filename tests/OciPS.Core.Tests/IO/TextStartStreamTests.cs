// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.Core.Tests.Support;
using OciPS.IO;

namespace OciPS.Core.Tests.IO;

/// <summary>A byte order mark is found, however its bytes come.</summary>
public sealed class TextStartStreamTests
{
    public static TheoryData<Encoding> Encodings() =>
        [
            new UTF8Encoding(true),
            Encoding.Unicode,
            Encoding.BigEndianUnicode,
            Encoding.UTF32,
            new UTF32Encoding(bigEndian: true, byteOrderMark: true)];

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Read_MarkByteByByte_IsFound(Encoding encoding)
    {
        byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes("grün\nx")];

        using var blocking = new StreamReader(
            new TextStartStream(new OneByteStream(bytes)), Encoding.Latin1, detectEncodingFromByteOrderMarks: true);
        using var waiting = new StreamReader(
            new TextStartStream(new OneByteStream(bytes)), Encoding.Latin1, detectEncodingFromByteOrderMarks: true);

        Assert.Equal("grün\nx", blocking.ReadToEnd());
        Assert.Equal("grün\nx", await waiting.ReadToEndAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Read_LessThanAMark_IsAll(int length)
    {
        using var stream = new TextStartStream(new OneByteStream(new byte[length]));

        Assert.Equal(length, stream.Read(new byte[10]));
        Assert.Equal(0, stream.Read(new byte[10]));
    }
}
