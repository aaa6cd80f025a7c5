// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.Core.Tests.Support;
using OciPS.Tar;

namespace OciPS.Core.Tests.Tar;

public sealed partial class TarReaderTests
{
    [Theory]
    [InlineData("100", "0,10,20,10", true)]
    [InlineData("100", "", true)]
    [InlineData("100", "0,10,10,10,100,0", true)]
    [InlineData("100", "90,10", true)]
    [InlineData("100", "0", false)]
    [InlineData("100", "0,10,20", false)]
    [InlineData("100", "0,10,,10", false)]
    [InlineData("100", "0,10,", false)]
    [InlineData("100", "0,-1", false)]
    [InlineData("100", "-1,5", false)]
    [InlineData("100", "0,x", false)]
    [InlineData("100", "0,10,5,10", false)]
    [InlineData("100", "20,10,0,10", false)]
    [InlineData("100", "0,101", false)]
    [InlineData("100", "100,1", false)]
    [InlineData("100", "101,0", false)]
    [InlineData("100", "0,9223372036854775807", false)]
    [InlineData("100", "9223372036854775807,9223372036854775807", false)]
    [InlineData("100", "0,99999999999999999999", false)]
    [InlineData("5000", "0,700,1000,1", false)]
    [InlineData("-5", "", false)]
    [InlineData("-5", "0,0", false)]
    [InlineData("", "0,10", false)]
    [InlineData("x", "0,10", false)]
    [InlineData(" 100", "0,10", false)]
    [InlineData("99999999999999999999", "0,10", false)]
    public async Task ReadAsync_SparseMapsOfAnyFormat_AreChecked(string size, string map, bool isValid)
    {
        string[] numbers = map.Length == 0 ? [] : map.Split(',');
        (string, string)[] parts = numbers.Select((number, index) => (index % 2 == 0 ? "GNU.sparse.offset" : "GNU.sparse.numbytes", number))
            .ToArray();
        string lines = string.Join(
            '\n', [((numbers.Length + 1) / 2).ToString(System.Globalization.CultureInfo.InvariantCulture), .. numbers]) + "\n";
        byte[] before = TarBuilder.Pad(Encoding.ASCII.GetBytes(lines));
        byte[][] archives =
        [
            new TarBuilder().Pax([("GNU.sparse.size", size), ("GNU.sparse.numblocks", "1"), .. parts]).Add("a", s_file).Add("b").ToBytes(),
            new TarBuilder().Pax(("GNU.sparse.size", size), ("GNU.sparse.map", map)).Add("a", s_file).Add("b").ToBytes(),
            new TarBuilder()
                .Pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", size))
                .Add("a", [.. before, .. s_file])
                .Add("b")
                .ToBytes(),
        ];
        foreach (byte[] archive in archives)
        {
            if (!isValid)
            {
                await ExpectInvalidAsync(archive, map);
                continue;
            }

            byte[] expected = Expand(100, numbers);
            Assert.Equal([Sample.Hash(expected), Sample.Hash([])], (await TarItem.ReadAsync(archive)).Select(item => item.Hash));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("x\n")]
    [InlineData("1")]
    [InlineData("1\n")]
    [InlineData("1\n0\n")]
    [InlineData("1\n0\n5")]
    [InlineData("-1\n")]
    [InlineData("1 \n0\n5\n")]
    [InlineData("2\n0\n5\n")]
    [InlineData("9223372036854775807\n0\n5\n")]
    [InlineData("99999999999999999999\n0\n5\n")]
    public async Task ReadAsync_MapInFrontThatIsNone_Throws(string map)
    {
        foreach (int blocks in new[] { 1, 2, 3 })
        {
            byte[] content = [.. TarBuilder.Pad(Encoding.ASCII.GetBytes(map.Length == 0 ? "\0" : map)), .. new byte[512 * (blocks - 1)]];
            byte[] archive = new TarBuilder().Pax(("GNU.sparse.major", "1"), ("GNU.sparse.realsize", "100")).Add("a", content).Add("b")
                .ToBytes();

            await ExpectInvalidAsync(archive, map);
        }
    }

    [Fact]
    public async Task ReadAsync_MapInFrontWithoutEnd_IsGivenUp()
    {
        byte[] endless = Encoding.ASCII.GetBytes("9999999\n" + string.Concat(Enumerable.Repeat("0\n", 1_000_000)));
        byte[] archive = new TarBuilder().Pax(("GNU.sparse.major", "1"), ("GNU.sparse.realsize", "100")).Add("a", endless).ToBytes();

        Task reading = Task.Run(() => TarItem.ReadDamagedAsync(new MemoryStream(archive), "InvalidTar", "endless"));

        await reading.WaitAsync(TimeSpan.FromMinutes(1));
    }

    // What is no file has no content, so that it has no map either.
    [Theory]
    [InlineData('1')]
    [InlineData('2')]
    [InlineData('3')]
    [InlineData('5')]
    [InlineData('6')]
    public async Task ReadAsync_SparseRecordsOnWhatIsNoFile_Throws(char type)
    {
        byte[] map = TarBuilder.Pad(Encoding.ASCII.GetBytes("200\n" + string.Concat(Enumerable.Range(0, 200).Select(i => $"{i}\n1\n"))));
        byte[] inFront = new TarBuilder().Pax(("GNU.sparse.major", "1"), ("GNU.sparse.realsize", "300")).Add("a", map, type, "b")
            .Add("b", s_file)
            .ToBytes();
        byte[] inRecords = new TarBuilder().Pax(("GNU.sparse.size", "100"), ("GNU.sparse.map", "0,10")).Add("a", s_file, type, "b")
            .Add("b", s_file)
            .ToBytes();

        await ExpectInvalidAsync(inFront, "in front");
        await ExpectInvalidAsync(inRecords, "in records");
    }

    [Fact]
    public async Task ReadAsync_OldSparseMapWithoutEnd_Throws()
    {
        byte[] header = TarBuilder.Header("a", 'S', magic: "ustar  \0");
        header[482] = 1;
        "00000000144"u8.CopyTo(header.AsSpan(483));
        byte[] more = new byte[512];
        more[504] = 1;
        byte[] endless = new TarBuilder().Raw(TarBuilder.Sum(header)).Raw(Enumerable.Repeat(more, 100).SelectMany(block => block))
            .ToBytes(end: false);

        await ExpectInvalidAsync(endless, "nothing behind");
        Assert.Single(await TarItem.ReadAsync([.. endless, .. new byte[512]]));
    }

    [Theory]
    [InlineData("00000000000\000000001000\0", "00000000100\0")]
    [InlineData("00000000040\000000000050\0", "00000000100\0")]
    [InlineData("00000000009\000000000001\0", "00000000100\0")]
    [InlineData("00000000000\0x", "00000000100\0")]
    [InlineData("\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FE00000000001\0", "00000000100\0")]
    [InlineData("00000000000\0\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FE", "00000000100\0")]
    [InlineData("00000000010\000000000010\000000000000\000000000001\0", "00000000100\0")]
    [InlineData("00000000000\000000000001\0", "\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FE")]
    [InlineData("00000000000\000000000001\0", "8")]
    [InlineData("", "\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FE")]
    public async Task ReadAsync_OldSparseMapThatIsNone_Throws(string map, string realSize)
    {
        byte[] header = TarBuilder.Header("a", 'S', TarBuilder.Octal(s_file.Length), magic: "ustar  \0");
        Encoding.Latin1.GetBytes(map).CopyTo(header, 386);
        Encoding.Latin1.GetBytes(realSize).CopyTo(header, 483);

        await ExpectInvalidAsync(new TarBuilder().Raw(TarBuilder.Sum(header)).Raw(TarBuilder.Pad(s_file)).Add("b").ToBytes(), map);
    }

    // Headers with right checksums and wrong numbers, at random: what comes of it is entries or InvalidTar, and nothing else.
    [PeerTheory("tar", "truncate")]
    [InlineData("gnu", "--sparse")]
    [InlineData("posix", "--sparse-version=0.0")]
    [InlineData("posix", "--sparse-version=0.1")]
    [InlineData("posix", "--sparse-version=1.0")]
    public async Task ReadAsync_ChangedAtRandom_GivesEntriesOrThrows(string format, string option)
    {
        byte[] archive = PackVaried(format, option);
        for (int seed = 0; seed < 1500; seed++)
        {
            byte[] changed = Change(archive, seed);
            foreach (Stream stream in seed % 5 == 0
                ? new Stream[] { new MemoryStream(changed), new OneByteStream(changed) }
                : [new MemoryStream(changed)])
            {
                using var reader = new TarReader(stream, "The layer");
                Exception? error = await Record.ExceptionAsync(async () =>
                {
                    while (await reader.ReadAsync(CancellationToken.None) is { } entry)
                    {
                        Stream content = reader.OpenContent();
                        Assert.True(entry.Size >= 0 && entry.Start < entry.ContentStart && content.Length == entry.Size);
                        byte[] buffer = new byte[10_000];
                        await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false);
                    }

                    Assert.Null(await reader.ReadAsync(CancellationToken.None));
                }).WaitAsync(TimeSpan.FromSeconds(30));

                Assert.True(error is null or InvalidContentException { ErrorId: "InvalidTar" }, $"seed {seed}: {error}");
            }
        }
    }

#pragma warning disable CA5394 // Reproducible, not secret.
    private static byte[] Change(byte[] archive, int seed)
    {
        var random = new Random(seed);
        byte[] changed = (byte[])archive.Clone();
        for (int change = random.Next(1, 4); change > 0; change--)
        {
            int block = random.Next(archive.Length / 512) * 512;
            int field = new[] { 124, 124, 156, 156, 257, 345, 386, 398, 410, 482, 483, 0, 5, 12, 20, random.Next(512) }[random.Next(16)];
            string[] values = [
                "\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF\u00FF", "00000000001\0", "77777777777\0", "x", "5", "S", "g", "L", "1", "0",
                "\0", "-", "9", ",", "\n"];
            byte[] value = Encoding.Latin1.GetBytes(values[random.Next(values.Length)]);
            value.AsSpan(0, Math.Min(value.Length, 512 - field)).CopyTo(changed.AsSpan(block + field));
            if (archive.AsSpan(block + 257, 5).SequenceEqual("ustar"u8))
            {
                TarBuilder.Sum(changed[block..(block + 512)]).CopyTo(changed, block);
            }
        }

        return changed;
    }
#pragma warning restore CA5394

    private static byte[] Expand(int size, string[] numbers)
    {
        byte[] expanded = new byte[size];
        int stored = 0;
        for (int i = 0; i + 1 < numbers.Length; i += 2)
        {
            int length = int.Parse(numbers[i + 1], System.Globalization.CultureInfo.InvariantCulture);
            s_file.AsSpan(stored, length).CopyTo(expanded.AsSpan(int.Parse(numbers[i], System.Globalization.CultureInfo.InvariantCulture)));
            stored += length;
        }

        return expanded;
    }
}
