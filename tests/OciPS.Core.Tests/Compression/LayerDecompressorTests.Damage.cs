// SPDX-License-Identifier: MIT

using OciPS.Compression;
using OciPS.Core.Tests.Support;
using OciPS.IO;
using OciPS.Manifests;

namespace OciPS.Core.Tests.Compression;

public sealed partial class LayerDecompressorTests
{
    private static readonly byte[] s_small = s_text[..400];

    [PeerTheory("gzip", "zstd", "bzip2", "xz")]
    [InlineData("gzip", 3, "-9")]
    [InlineData("zstd", 4, "--check")]
    [InlineData("zstd", 4, "--no-check")]
    [InlineData("bzip2", 3, "-1")]
    [InlineData("xz", 6, "-0")]
    [InlineData("xz", 6, "-0 --check=none")]
    public async Task Read_CutShortAnywhere_Throws(string tool, int magic, string options)
    {
        byte[] member = Compress(tool, s_small, options.Split(' '));
        byte[] two = Sample.Concat(member, member);
        for (int length = magic; length < two.Length; length++)
        {
            Reading reading = await ReadAsync(two[..length], async: length % 2 == 0);
            if (length == member.Length)
            {
                Assert.Null(reading.Error);
                Assert.Equal(s_small, reading.Bytes);
                continue;
            }

            Assert.True(
                reading.Error is InvalidContentException { ErrorId: "InvalidCompression" }, $"{length} of {two.Length}: {reading.Error}");
            reading.ExpectInvalid("InvalidCompression", $"The layer cannot be decompressed, its {tool} data");
        }
    }

    [PeerTheory("gzip", "zstd", "bzip2", "xz")]
    [InlineData("gzip", "-1")]
    [InlineData("zstd", "--check")]
    [InlineData("bzip2", "-1")]
    [InlineData("xz", "-0")]
    public async Task Read_LargeAndCutShort_Throws(string tool, string options)
    {
        byte[] compressed = Compress(tool, Sample.Noise(500_000), options.Split(' '));
        foreach (int length in new[] { compressed.Length - 1, compressed.Length - 9, 262_144, 131_072, 100_000, 65_536, 8_192 })
        {
            (await ReadAsync(compressed[..length])).ExpectInvalid("InvalidCompression");
        }
    }

    // Every one of these has a checksum, so that what is not an error is the original.
    [PeerTheory("gzip", "zstd", "bzip2", "xz")]
    [InlineData("gzip", "-9")]
    [InlineData("zstd", "--check")]
    [InlineData("bzip2", "-1")]
    [InlineData("xz", "-0")]
    public async Task Read_AnyBitFlipped_ThrowsOrIsTheOriginal(string tool, string options)
    {
        byte[] member = Compress(tool, s_small, options.Split(' '));
        byte[] two = Sample.Concat(member, member);
        byte[] original = Sample.Concat(s_small, s_small);
        int errors = 0;
        for (int bit = 0; bit < two.Length * 8; bit++)
        {
            byte[] flipped = Sample.Flip(two, bit);
            Reading reading = await ReadAsync(flipped, async: bit % 2 == 0);
            if (reading.Error is null)
            {
                bool isDetected = LayerCodecs.Detect(flipped).Compression != LayerCompression.None;
                Assert.True(
                    reading.Bytes.AsSpan().SequenceEqual(isDetected ? original : flipped),
                    $"bit {bit % 8} of byte {bit / 8} of {two.Length}");
                continue;
            }

            errors++;
            Assert.True(
                reading.Error is InvalidContentException { ErrorId: "InvalidCompression" },
                $"bit {bit % 8} of byte {bit / 8} of {two.Length}: {reading.Error}");
        }

        Assert.True(errors > two.Length * 5, $"Only {errors} errors in {two.Length} bytes.");
    }

    // Without a checksum there is nothing that tells; it just must not hang or fail in another way.
    [PeerTheory("zstd", "xz")]
    [InlineData("zstd", "--no-check")]
    [InlineData("xz", "-0 --check=none")]
    public async Task Read_AnyBitFlippedWithoutChecksum_ThrowsOrEnds(string tool, string options)
    {
        byte[] compressed = Compress(tool, s_small, options.Split(' '));
        for (int bit = 0; bit < compressed.Length * 8; bit++)
        {
            Reading reading = await ReadAsync(Sample.Flip(compressed, bit), async: bit % 2 == 0);

            Assert.True(
                reading.Error is null or InvalidContentException { ErrorId: "InvalidCompression" },
                $"bit {bit % 8} of byte {bit / 8}: {reading.Error}");
        }
    }

    [PeerTheory("gzip", "zstd", "bzip2", "xz")]
    [InlineData("gzip", "-9")]
    [InlineData("zstd", "--check")]
    [InlineData("bzip2", "-1")]
    [InlineData("xz", "-0")]
    public async Task Read_GarbageBehind_Throws(string tool, string options)
    {
        byte[] member = Compress(tool, s_small, options);
        byte[][] garbages =
            ["x"u8.ToArray(), "garbage!"u8.ToArray(), [0x1F], [0x1F, 0x8B], "BZ"u8.ToArray(), "BZh"u8.ToArray(), "BZh0"u8.ToArray(), [0]];
        foreach (byte[] garbage in garbages)
        {
            (await ReadAsync(Sample.Concat(member, garbage))).ExpectInvalid("InvalidCompression");
        }
    }

    [Theory]
    [InlineData("1F8B08")]
    [InlineData("28B52FFD")]
    [InlineData("425A68")]
    [InlineData("FD377A585A00")]
    public async Task Read_NoiseBehindTheFirstBytes_Throws(string magic)
    {
        for (int seed = 0; seed < 200; seed++)
        {
            Reading reading = await ReadAsync(Sample.Concat(Convert.FromHexString(magic), Sample.Noise(300, seed)), async: seed % 2 == 0);

            Assert.True(reading.Error is InvalidContentException { ErrorId: "InvalidCompression" }, $"seed {seed}: {reading.Error}");
        }
    }

    [Fact]
    public async Task Read_ErrorOfTheSource_ComesThroughAsItIs()
    {
        var source = new PrefixedStream(new byte[] { 0x1F, 0x8B, 8, 0, 0, 0, 0 }, new FailingStream());
        using LayerDecompressor stream = await LayerDecompressor.OpenAsync(source, "The layer", CancellationToken.None);

        Reading reading = await Reading.FromAsync(stream);

        Assert.Equal("gone", Assert.IsType<IOException>(reading.Error).Message);
    }

    private sealed class FailingStream : ForwardStream
    {
        public override int Read(Span<byte> buffer) => throw new IOException("gone");

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("gone");
    }
}
