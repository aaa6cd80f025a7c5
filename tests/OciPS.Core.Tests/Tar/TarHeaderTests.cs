// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.Core.Tests.Support;
using OciPS.Tar;

namespace OciPS.Core.Tests.Tar;

public sealed class TarHeaderTests
{
    [Theory]
    [InlineData("00000000000\0", 0)]
    [InlineData("00000000017\0", 15)]
    [InlineData("000000000017", 15)]
    [InlineData("         17 ", 15)]
    [InlineData("17 \0\0\0\0\0\0\0\0\0", 15)]
    [InlineData("17\0garbage!!", 15)]
    [InlineData("77777777777\0", 0x1FFFFFFFF)]
    [InlineData("777777777777", 0xFFFFFFFFF)]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0", 0)]
    [InlineData("            ", 0)]
    [InlineData("\u0080\0\0\0\0\0\0\0\0\0\0\u0005", 5)]
    [InlineData("\u0080\0\0\0\0\0\0\u0002\0\0\0\0", 0x200000000)]
    [InlineData("\u0080\0\0\0\u007F\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF", long.MaxValue)]
    [InlineData("\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF", -1)]
    [InlineData("\u00FF\u00FF\u00FF\u00FF\u0080\0\0\0\0\0\0\0", long.MinValue)]
    [InlineData("\u0080\0\0\0\0\0\0\u0009", 9)]
    [InlineData("\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FE", -2)]
    public void TryParseNumber_ANumber_IsIt(string field, long expected)
    {
        Assert.True(TarHeader.TryParseNumber(Encoding.Latin1.GetBytes(field), out long value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("00000000008\0")]
    [InlineData("-0000000001\0")]
    [InlineData("+0000000001\0")]
    [InlineData("0x000000001\0")]
    [InlineData("1.000000000\0")]
    [InlineData("abcdefghijk\0")]
    [InlineData("\u0080\0\0\0\u0080\0\0\0\0\0\0\0")]
    [InlineData("\u0080\0\0\u0001\0\0\0\0\0\0\0\0")]
    [InlineData("\u0081\0\0\0\0\0\0\0\0\0\0\0")]
    [InlineData("\u00FF\u00FF\u00FF\u00FE\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF")]
    [InlineData("\u00FF\u00FF\u00FF\u00FF\0\0\0\0\0\0\0\0")]
    [InlineData("\u00C0\0\0\0\0\0\0\0\0\0\0\u0001")]
    [InlineData("7777777777777777777777777")]
    public void TryParseNumber_NoNumber_IsFalse(string field) =>
        Assert.False(TarHeader.TryParseNumber(Encoding.Latin1.GetBytes(field), out _));

    [PeerFact("python3")]
    public void TryParseNumber_PythonsNumbers_AreTheSame()
    {
        // What tarfile writes for each number in a field of 8 and of 12 bytes.
        string[] lines = Tool.RunText("python3", "-c", """
            import tarfile
            for digits in (8, 12):
                for bits in range(0, 56 if digits == 8 else 63):
                    for number in (2**bits - 1, 2**bits, -2**bits):
                        if -256**(digits - 1) <= number < 256**(digits - 1):
                            print(number, tarfile.itn(number, digits, tarfile.GNU_FORMAT).hex())
            """).TrimEnd().Split('\n');

        Assert.True(lines.Length > 300);
        foreach (string line in lines)
        {
            string[] parts = line.Split(' ');
            Assert.True(TarHeader.TryParseNumber(Convert.FromHexString(parts[1].Trim()), out long value), line);
            Assert.Equal(parts[0], value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Fields_AUstarHeader_AreRead()
    {
        byte[] block = TarBuilder.Header("name", '2', TarBuilder.Octal(77), "target");
        "prefix"u8.CopyTo(block.AsSpan(345));
        "user"u8.CopyTo(block.AsSpan(265));
        "group"u8.CopyTo(block.AsSpan(297));
        TarBuilder.Sum(block);
        var header = new TarHeader(block);

        Assert.True(header.IsChecksumValid);
        Assert.True(header.IsUstar && !header.IsGnu && !header.IsZero);
        Assert.Equal("name target prefix user group", string.Join(
            ' ',
            TarText.Decode(header.Name),
            TarText.Decode(header.LinkName),
            TarText.Decode(header.Prefix),
            TarText.Decode(header.UserName),
            TarText.Decode(header.GroupName)));
        Assert.Equal('2', header.TypeFlag);
        Assert.True(header.TryGetSize(out long size) && size == 77);
        Assert.True(header.TryGetMode(out long mode) && mode == 0x1A4);
    }

    [Fact]
    public void Fields_AGnuHeader_HasNoPrefix()
    {
        byte[] block = TarBuilder.Header(new string('n', 100), magic: "ustar  \0");
        "12345670123"u8.CopyTo(block.AsSpan(345));
        var header = new TarHeader(block);

        Assert.True(header.IsGnu && !header.IsUstar);
        Assert.True(header.Prefix.IsEmpty);
        Assert.Equal(100, header.Name.Length);
    }

    [Fact]
    public void IsChecksumValid_SignedSum_IsTakenAsWell()
    {
        byte[] block = TarBuilder.Header("n\u00E4me");
        Assert.True(new TarHeader(block).IsChecksumValid);

        block.AsSpan(148, 8).Fill((byte)' ');
        Encoding.ASCII.GetBytes(Convert.ToString(block.Sum(one => (sbyte)one), 8).PadLeft(6, '0') + "\0 ").CopyTo(block, 148);

        Assert.True(new TarHeader(block).IsChecksumValid);
    }

    [Fact]
    public void SetChecksum_AnyHeader_IsTheOneThatOthersWrite()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            byte[] block = Sample.Noise(512, seed);
            byte[] expected = TarBuilder.Sum((byte[])block.Clone());

            TarHeader.SetChecksum(block);

            Assert.Equal(expected, block);
            Assert.True(new TarHeader(block).IsChecksumValid);
        }
    }

    [Fact]
    public void IsZero_ABlock_IsSoOnlyIfAllOfItIs()
    {
        Assert.True(new TarHeader(new byte[512]).IsZero);
        Assert.False(new TarHeader([.. new byte[511], 1]).IsZero);
    }
}
