// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Text;
using OciPS.Core.Tests.Support;
using OciPS.Tar;

namespace OciPS.Core.Tests.Tar;

public sealed partial class TarReaderTests
{
    private static readonly byte[] s_file = Sample.Text(700);

    [PeerTheory("tar", "python3", "truncate")]
    [InlineData("gnu", "--sparse")]
    [InlineData("posix", "--sparse-version=0.1")]
    [InlineData("posix", "--sparse-version=1.0")]
    public async Task ReadAsync_CutShortAnywhere_Throws(string format, string option)
    {
        byte[] archive = PackVaried(format, option);
        IReadOnlyList<TarItem> items = await TarItem.ReadAsync(archive);
        List<TarEntry> entries = await TarItem.ReadEntriesAsync(new MemoryStream(archive));
        long end = entries[^1].End;
        for (int length = 0; length <= archive.Length; length += length % 512 == 0
            ? 1
            : length % 512 == 1 ? 199 : length % 512 == 200 ? 311 : 1)
        {
            // Go's reader, and so engines, take a last content that lacks padding.
            bool isWhole = length == 0 || entries.Any(entry => entry.ContentStart + entry.StoredSize <= length && length <= entry.End);
            string? expected = isWhole || length >= end + 512 ? null : "InvalidTar";
            foreach (Stream cut in new Stream[] { new MemoryStream(archive, 0, length), new OneByteStream(archive.AsMemory(0, length)) })
            {
                int count = await TarItem.ReadDamagedAsync(cut, expected, $"{length} of {archive.Length}");

                // An entry whose padding is cut off is read still; what is wrong shows at the next one.
                Assert.InRange(
                    count,
                    entries.Count(entry => entry.End <= length),
                    entries.Count(entry => entry.ContentStart + entry.StoredSize <= length));
            }
        }

        Assert.Equal(items.Count, entries.Count);
    }

    [PeerTheory("tar", "truncate")]
    [InlineData("gnu", "--sparse")]
    [InlineData("posix", "--sparse-version=0.1")]
    public async Task ReadAsync_AnyBitOfAHeaderFlipped_Throws(string format, string option)
    {
        byte[] archive = PackVaried(format, option);
        foreach (TarEntry entry in await TarItem.ReadEntriesAsync(new MemoryStream(archive)))
        {
            for (int bit = 0; bit < 512 * 8; bit += 3)
            {
                // The checksum's last byte is nobody's; a space in front of its digits is as good as a 0, and behind them as a NUL.
                byte[] flipped = Sample.Flip(archive, (int)(entry.Start * 8) + bit);
                bool isSame = bit / 8 == 155 || (bit / 8 is 148 or 154 && flipped[entry.Start + (bit / 8)] == ' ');
                string? expected = isSame ? null : "InvalidTar";

                int count = await TarItem.ReadDamagedAsync(
                    new MemoryStream(flipped), expected, $"bit {bit % 8} of byte {bit / 8} of '{entry.Name}'");

                Assert.True(expected is null || count <= entry.Ordinal);
            }
        }
    }

    [Fact]
    public async Task ReadAsync_NoTar_Throws()
    {
        byte[][] wrong = [
            Sample.Noise(20_000),
            Sample.Text(20_000),
            Sample.Text(100),
            "x"u8.ToArray(),
            [0x1F, 0x8B, .. new byte[600]],
            [.. new byte[511], 1]];
        foreach (byte[] bytes in wrong)
        {
            await ExpectInvalidAsync(bytes, string.Empty);
        }

        Assert.Contains("is not a tar", (await ExpectInvalidAsync(wrong[0], "noise")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(10240)]
    public async Task ReadAsync_OnlyZeros_IsEmpty(int length) => Assert.Empty(await TarItem.ReadAsync(new byte[length]));

    [Fact]
    public async Task ReadAsync_OneBlockOfZeros_IsTheEnd()
    {
        byte[] archive = new TarBuilder().Add("a", s_file).Raw(new byte[512]).Add("b", s_file).ToBytes();

        Assert.Equal([Hex("a")], (await TarItem.ReadAsync(archive)).Select(item => item.Name));
    }

    [Theory]
    [InlineData("0000000008 ")]
    [InlineData("-0000000001")]
    [InlineData("0x000000010")]
    [InlineData("abc")]
    [InlineData("7777777777777")]
    [InlineData("\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF")]
    [InlineData("\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FE\u0000")]
    [InlineData("\u0080\u0000\u0000\u0000\u007F\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF")]
    [InlineData("\u0080\u0000\u0000\u0000\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF")]
    [InlineData("\u0080\u0000\u0000\u0001\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0001")]
    [InlineData("\u00C0\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0001")]
    public async Task ReadAsync_SizeThatIsNone_Throws(string size)
    {
        size = size.Length > 12 ? size[..12] : size;
        foreach (char type in new[] { '0', 'S', 'x', 'g', 'L', 'K', 'Z' })
        {
            await ExpectInvalidAsync(
                new TarBuilder().Raw(TarBuilder.Header("a", type, size)).Raw(new byte[2048]).ToBytes(), $"type {type}");
        }
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1e3")]
    [InlineData("0x10")]
    [InlineData("abc")]
    [InlineData("1,000")]
    [InlineData("9223372036854775807")]
    [InlineData("99999999999999999999")]
    public async Task ReadAsync_PaxSizeThatIsNone_Throws(string size) =>
        await ExpectInvalidAsync(new TarBuilder().Pax(("size", size)).Add("a", s_file).ToBytes(), size);

    [Theory]
    [InlineData('x')]
    [InlineData('L')]
    [InlineData('K')]
    public async Task ReadAsync_ExtendedHeaderWithNothingBehind_Throws(char type)
    {
        byte[] content = type == 'x' ? TarBuilder.Record("path", "b") : "name\0"u8.ToArray();
        TarBuilder builder = new TarBuilder().Add("a", s_file).Extended(type, content);

        await ExpectInvalidAsync(builder.ToBytes(), "zeros behind");
        await ExpectInvalidAsync(builder.ToBytes(end: false), "nothing behind");
        await ExpectInvalidAsync(new TarBuilder().Extended(type, content).Global(("comment", "x")).ToBytes(), "global behind");
    }

    [Fact]
    public async Task ReadAsync_GlobalHeaderWithNothingBehind_IsTheEnd()
    {
        Assert.Empty(await TarItem.ReadAsync(new TarBuilder().Global(("comment", "x")).ToBytes()));
        Assert.Empty(await TarItem.ReadAsync(
            new TarBuilder().Global(("comment", "x")).Global(("comment", new string('y', 5000))).ToBytes(end: false)));
        Assert.Single(await TarItem.ReadAsync(new TarBuilder().Add("a", s_file).Global(("comment", new string('y', 5000))).ToBytes()));
    }

    [Theory]
    [InlineData('x', 1 << 20, true)]
    [InlineData('x', (1 << 20) + 1, false)]
    [InlineData('g', 1 << 20, true)]
    [InlineData('g', (1 << 20) + 1, false)]
    [InlineData('L', 1 << 20, true)]
    [InlineData('L', (1 << 20) + 1, false)]
    [InlineData('K', (1 << 20) + 1, false)]
    [InlineData('x', 1L << 32, false)]
    [InlineData('L', (1L << 33) - 1, false)]
    public async Task ReadAsync_HugeExtendedHeader_IsRefusedUnread(char type, long size, bool isValid)
    {
        const int Most = (1 << 20) + 512;
        byte[] content = new byte[Math.Min(size, Most)];
        Array.Fill(content, (byte)'n');
        Encoding.ASCII.GetBytes(content.Length.ToString(CultureInfo.InvariantCulture) + " comment=").CopyTo(content, 0);
        content[^1] = (byte)'\n';
        byte[] archive = new TarBuilder().Raw(TarBuilder.Header("extended", type, TarBuilder.Octal(size))).Raw(TarBuilder.Pad(content))
            .Add("a", s_file)
            .ToBytes();

        long before = GC.GetAllocatedBytesForCurrentThread();
        if (isValid)
        {
            Assert.Single(await TarItem.ReadEntriesAsync(new MemoryStream(archive)));
        }
        else
        {
            await TarItem.ReadDamagedAsync(new MemoryStream(archive), "InvalidTar", type.ToString());
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000_000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("5 a=")]
    [InlineData("6 a=b")]
    [InlineData("7 a=b\n")]
    [InlineData("5 a=b\n")]
    [InlineData("6 ab=\n\0")]
    [InlineData("6 abc\n")]
    [InlineData("6 =bc\n")]
    [InlineData("-6 a=b\n")]
    [InlineData("99999999999 a=b\n")]
    [InlineData("4294967302 a=b\n")]
    [InlineData("2 ")]
    [InlineData("0 ")]
    [InlineData("6 a=b\n6 a")]
    [InlineData("6\ta=b\n")]
    [InlineData("\0\0\0\0")]
    public async Task ReadAsync_PaxRecordsThatAreNone_Throws(string records)
    {
        foreach (char type in new[] { 'x', 'g' })
        {
            byte[] archive = new TarBuilder().Extended(type, Encoding.ASCII.GetBytes(records)).Add("a", s_file).ToBytes();
            if (records.Length > 0)
            {
                await ExpectInvalidAsync(archive, records);
            }
            else
            {
                Assert.Single(await TarItem.ReadAsync(archive));
            }
        }
    }

    [Theory]
    [InlineData("path")]
    [InlineData("linkpath")]
    [InlineData("GNU.sparse.name")]
    public async Task ReadAsync_NulInAName_Throws(string key) =>
        await ExpectInvalidAsync(new TarBuilder().Pax((key, "a\0b")).Add("a", s_file).ToBytes(), key);

    private static byte[] PackVaried(string format, string option)
    {
        using TemporaryFolder folder = Make($"""
            printf x > {new string('l', 150)}
            ln {new string('l', 150)} m-hard
            ln -s {new string('t', 150)} n-soft
            mkdir o-dir
            seq 1 300 > p-file
            truncate -s 60000 q-sparse
            for at in 1 3 5 7 9 11 13; do printf content | dd of=q-sparse conv=notrunc status=none bs=4096 seek=$at; done
            printf y > r-last
            """);
        return Pack(
            folder,
            format,
            "--sparse",
            option,
            "--hole-detection=raw",
            "--blocking-factor=1",
            new string('l', 150),
            "m-hard",
            "n-soft",
            "o-dir",
            "p-file",
            "q-sparse",
            "r-last");
    }

    private static async Task<InvalidContentException> ExpectInvalidAsync(byte[] archive, string context)
    {
        await TarItem.ReadDamagedAsync(new OneByteStream(archive), "InvalidTar", context);
        await TarItem.ReadDamagedAsync(new MemoryStream(archive), "InvalidTar", context);
        return await Assert.ThrowsAsync<InvalidContentException>(() => TarItem.ReadEntriesAsync(new MemoryStream(archive)));
    }
}
