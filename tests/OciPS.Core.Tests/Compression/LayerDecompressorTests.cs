// SPDX-License-Identifier: MIT

using OciPS.Compression;
using OciPS.Core.Tests.Support;

namespace OciPS.Core.Tests.Compression;

/// <summary>What other programs compressed, whole; what is damaged is in the other part.</summary>
public sealed partial class LayerDecompressorTests
{
    private static readonly byte[] s_text = Sample.Text(300_000);

    [PeerTheory("gzip", "pigz", "zstd", "bzip2", "xz")]
    [InlineData("gzip", "Gzip", "-1")]
    [InlineData("gzip", "Gzip", "-9")]
    [InlineData("pigz", "Gzip", "-p3 -b128")]
    [InlineData("pigz", "Gzip", "-p3 -b128 -i")]
    [InlineData("zstd", "Zstd", "-1")]
    [InlineData("zstd", "Zstd", "-19 --no-check")]
    [InlineData("zstd", "Zstd", "--fast -T2 -B100000")]
    [InlineData("zstd", "Zstd", "--long=27")]
    [InlineData("bzip2", "Bzip2", "-1")]
    [InlineData("bzip2", "Bzip2", "-9")]
    [InlineData("xz", "Xz", "-0")]
    [InlineData("xz", "Xz", "-6 --check=crc32")]
    [InlineData("xz", "Xz", "-1 --check=none")]
    [InlineData("xz", "Xz", "-1 --check=sha256")]
    [InlineData("xz", "Xz", "-0 -T2 --block-size=100000")]
    public async Task Read_ByAnotherProgram_IsTheOriginal(string tool, string compressionName, string options)
    {
        foreach (byte[] original in new[] { s_text, Sample.Noise(100_000), "x"u8.ToArray(), [] })
        {
            byte[] compressed = Compress(tool, original, options.Split(' '));

            await ExpectAsync(compressed, compressionName, original);
        }
    }

    [PeerTheory("gzip", "zstd", "bzip2", "xz")]
    [InlineData("gzip", "Gzip", "-6")]
    [InlineData("zstd", "Zstd", "-3")]
    [InlineData("bzip2", "Bzip2", "-1")]
    [InlineData("xz", "Xz", "-0")]
    public async Task Read_ManyOneAfterTheOther_IsAllOfThem(string tool, string compressionName, string options)
    {
        byte[] member = Compress(tool, s_text[..5000], options);
        byte[] empty = Compress(tool, [], options);

        await ExpectAsync(Sample.Concat(member, member), compressionName, Sample.Concat(s_text[..5000], s_text[..5000]));
        await ExpectAsync(Sample.Concat(empty, member, empty), compressionName, s_text[..5000]);
        await ExpectAsync(
            Sample.Concat(Enumerable.Repeat(member, 60)), compressionName, Sample.Concat(Enumerable.Repeat(s_text[..5000], 60)));
    }

    [PeerFact("gzip")]
    public async Task Read_GzipHeaderWithEverything_IsTheOriginal()
    {
        using var folder = new TemporaryFolder();
        folder.Write("layer.tar", s_text);
        Tool.RunIn(folder.Path, "gzip", "--name", "layer.tar");

        await ExpectAsync(File.ReadAllBytes(folder["layer.tar.gz"]), "Gzip", s_text);
    }

    [PeerFact("gzip")]
    public async Task Read_GzipMembersThatEndWhereBuffersDo_IsAllOfThem()
    {
        // A member of stored data has any length that is wanted: here so that the next one begins around every power of two.
        foreach (int border in new[] { 4096, 8192, 65536, 131072, 262144 })
        {
            for (int shift = -11; shift <= 11; shift++)
            {
                byte[] first = StoredMember(border + shift);
                byte[] original = s_text[..100];

                Reading reading = await ReadAsync(Sample.Concat(first, Compress(original)));

                Assert.Null(reading.Error);
                Assert.Equal(first.Length, border + shift);
                Assert.EndsWith(Convert.ToHexString(original), Convert.ToHexString(reading.Bytes), StringComparison.Ordinal);
            }
        }
    }

    [PeerFact("zstd")]
    public async Task Read_ZstdWithSkippableFrames_PassesOverThem()
    {
        byte[] frame = Compress("zstd", s_text, "-3");
        byte[] toc = [0x5E, 0x2A, 0x4D, 0x18, 40, 0, 0, 0, .. Sample.Noise(40)];
        byte[] empty = [0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0];

        await ExpectAsync(Sample.Concat(frame, toc), "Zstd", s_text);
        await ExpectAsync(Sample.Concat(toc, frame), "Zstd", s_text);
        await ExpectAsync(Sample.Concat(empty, frame, empty, toc, frame, toc, empty), "Zstd", Sample.Concat(s_text, s_text));
        await ExpectAsync(toc, "Zstd", []);
    }

    [PeerFact("xz")]
    public async Task Read_XzWithStreamPadding_PassesOverIt()
    {
        byte[] stream = Compress("xz", s_text, "-0");

        await ExpectAsync(Sample.Concat(stream, new byte[8], stream, new byte[4]), "Xz", Sample.Concat(s_text, s_text));
    }

    [Fact]
    public async Task Read_NotCompressed_IsAsItWas()
    {
        foreach (byte[] original in new[] { s_text, "BZ"u8.ToArray(), [0x1F, 0x8B], [] })
        {
            await ExpectAsync(original, "None", original);
        }
    }

    [Theory]
    [InlineData("1F8B0800", "Gzip")]
    [InlineData("1F8B08", "Gzip")]
    [InlineData("1F8B09", "None")]
    [InlineData("1F8B", "None")]
    [InlineData("28B52FFD", "Zstd")]
    [InlineData("28B52FFE", "None")]
    [InlineData("502A4D18", "Zstd")]
    [InlineData("5F2A4D18FFFF", "Zstd")]
    [InlineData("602A4D18", "None")]
    [InlineData("502A4D", "None")]
    [InlineData("425A6839", "Bzip2")]
    [InlineData("425A3039", "None")]
    [InlineData("FD377A585A00", "Xz")]
    [InlineData("FD377A585A", "None")]
    [InlineData("", "None")]
    [InlineData("000000000000", "None")]
    public void Detect_FirstBytes_NamesTheCompression(string hex, string expected) =>
        Assert.Equal(expected, LayerCodecs.Detect(Convert.FromHexString(hex)).Compression.ToString());

    [PeerFact("gzip")]
    public async Task Dispose_TheStream_DisposesTheSource()
    {
        var source = new MemoryStream(Compress("gzip", s_text, "-1"));
        LayerDecompressor stream = await LayerDecompressor.OpenAsync(source, "The layer", CancellationToken.None);
        stream.ReadExactly(new byte[100]);

        stream.Dispose();

        Assert.False(source.CanRead);
    }

    private static byte[] Compress(string tool, byte[] original, params string[] options) =>
        Tool.Filter(original, tool, ["-c", .. options]);

    private static byte[] Compress(byte[] original) => Compress("gzip", original, "-9");

    /// <summary>A gzip member of one stored block, that takes this many bytes.</summary>
    private static byte[] StoredMember(int length)
    {
        // Stored blocks hold up to 65535 bytes: 5 bytes in front of each, and 18 around all of them.
        byte[] content = [];
        for (int size = length - 18; ; size--)
        {
            int blocks = Math.Max(1, (size + 65534) / 65535);
            if (size + (5 * blocks) + 18 > length)
            {
                continue;
            }

            content = Sample.Noise(size);
            using var member = new MemoryStream();
            member.Write([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]);
            for (int block = 0; block < blocks; block++)
            {
                int count = Math.Min(65535, size - (block * 65535));
                member.Write([block == blocks - 1 ? (byte)1 : (byte)0, (byte)count, (byte)(count >> 8), (byte)~count, (byte)(~count >> 8)]);
                member.Write(content.AsSpan(block * 65535, count));
            }

            byte[] checksum = Compress(content)[^8..];
            member.Write(checksum);
            return member.ToArray();
        }
    }

    private static async Task ExpectAsync(byte[] compressed, string compressionName, byte[] original)
    {
        foreach ((
            bool async,
            bool byteByByte,
            int bufferSize) in new[] { (true, false, 4096), (false, false, 99_999), (true, true, 70_000), (false, true, 100) })
        {
            using LayerDecompressor stream = await LayerDecompressor.OpenAsync(
                byteByByte ? new OneByteStream(compressed) : new MemoryStream(compressed), "The layer", CancellationToken.None);

            Reading reading = await Reading.FromAsync(stream, async, bufferSize);

            Assert.Null(reading.Error);
            Assert.Equal(compressionName, stream.Compression.ToString());
            Assert.Equal(original.Length, reading.Bytes.Length);
            Assert.Equal(Sample.Hash(original), Sample.Hash(reading.Bytes));
        }
    }

    internal static async Task<Reading> ReadAsync(byte[] compressed, bool async = true)
    {
        try
        {
            using LayerDecompressor stream = await LayerDecompressor.OpenAsync(
                new MemoryStream(compressed), "The layer", CancellationToken.None);
            return await Reading.FromAsync(stream, async);
        }
        catch (InvalidContentException error)
        {
            return new Reading([], error);
        }
    }
}
