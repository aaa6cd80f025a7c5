// SPDX-License-Identifier: MIT

using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using OciPS.Compression.Gzip;
using OciPS.Core.Tests.Support;
using OciPS.IO;
using OciPS.References;
using OciPS.Splicing;

namespace OciPS.Core.Tests.Compression.Gzip;

public sealed class GzipSplicerTests
{
    private static readonly byte[] s_raw = Enumerable.Range(100, 6).SelectMany(DeflateCorpus.Archive).ToArray();

    // All that is compressed anew per hole is some 33 KB, whatever the size of blocks.
    [PeerTheory("gzip")]
    [InlineData("-1")]
    [InlineData("-6")]
    [InlineData("-9")]
    public void Splice_HoleInTheMiddle_KeepsAllElseBitForBit(string level)
    {
        byte[] raw = Enumerable.Range(200, 16).SelectMany(DeflateCorpus.Archive).ToArray();
        byte[] gzip = Tool.Filter(raw, "gzip", "-n", level);
        for (int hole = raw.Length / 3; hole < raw.Length / 2; hole += 50_021)
        {
            (byte[] spliced, _) = Splicing.Run(gzip, [Splicing.Edit(hole, hole + 1000, 0)]);

            // The last block is no longer the final one, which is a bit of it.
            int prefix = gzip.AsSpan().CommonPrefixLength(spliced);
            Range kept = (prefix + 45_000)..(gzip.Length - 70_000);
            Assert.True(
                kept.End.Value - kept.Start.Value > 50_000 && spliced.AsSpan(prefix).IndexOf(gzip.AsSpan(kept)) > 0,
                $"{prefix} of {gzip.Length} bytes are kept before, and {kept} not");
            Assert.True(Math.Abs(spliced.Length - gzip.Length) < 8_000);
        }
    }

    [PeerFact("python3")]
    public void Splice_RemovedNoise_IsNotInTheOutput()
    {
        byte[] secret = Sample.Noise(5000, 77);
        byte[] raw = [.. s_raw[..200_000], .. secret, .. s_raw[200_000..]];
        foreach (byte[] gzip in PythonZlib.CompressAll([raw]))
        {
            (byte[] spliced, _) = Splicing.Run(gzip, [Splicing.Edit(200_000, 205_000, 0)]);

            // In stored blocks it would be there byte for byte, in others not: there, the content alone can tell.
            Assert.Equal(-1, spliced.AsSpan().IndexOf(secret.AsSpan(2000, 20)));
            Assert.Equal(-1, Decompress(spliced).AsSpan().IndexOf(secret.AsSpan(2000, 20)));
        }
    }

    [PeerFact("gzip", "python3")]
    public void Splice_HeaderWithEverything_IsKeptButForExtraFields()
    {
        byte[] gzip = PythonZlib.CompressAll([s_raw])[27];
        Assert.Equal(0x1E, gzip[3]);

        (byte[] spliced, _) = Splicing.Run(gzip, [Splicing.Edit(1000, 2000, 0)]);

        byte[] header = [0x1F, 0x8B, 8, 0x1A, .. gzip[4..10], .. Encoding.ASCII.GetBytes("layer.tar\0a comment\0")];
        Assert.Equal(header, spliced[..header.Length]);
        Assert.Equal(
            (ushort)System.IO.Hashing.Crc32.HashToUInt32(header), BinaryPrimitives.ReadUInt16LittleEndian(spliced.AsSpan(header.Length)));
        Tool.Filter(spliced, "python3", "-c", "import sys, gzip; gzip.decompress(sys.stdin.buffer.read())");
    }

    [PeerFact("gzip")]
    public void Splice_HeaderWithoutExtraFields_IsKept()
    {
        using var folder = new TemporaryFolder();
        folder.Write("layer.tar", s_raw);
        Tool.RunIn(folder.Path, "gzip", "--name", "layer.tar");
        byte[] gzip = File.ReadAllBytes(folder["layer.tar.gz"]);

        (byte[] spliced, _) = Splicing.Run(gzip, [Splicing.Edit(100_000, 101_000, 0)]);

        Assert.Equal(gzip[..20], spliced[..20]);
    }

    [Fact]
    public void Splice_OneByteAtATime_IsTheSame()
    {
        byte[] gzip = Compress(s_raw);
        ByteEdit[] edits = [
            Splicing.Edit(0, 512, 0), Splicing.Edit(300_000, 301_000, 5000), Splicing.Edit(s_raw.Length - 512, s_raw.Length, 0)];

        Assert.Equal(Splicing.Run(gzip, edits).Gzip, Splicing.Run(new OneByteStream(gzip), edits).Gzip);
    }

    [Fact]
    public async Task Splice_ReplacementLargerThanAllBuffers_IsInTheContent()
    {
        byte[] replacement = Sample.Noise(5_000_000);
        ByteEdit[] edits = [new ByteEdit(100_000, 100_001, () => new MemoryStream(replacement))];
        using var output = new MemoryStream();
        using var splicer = new GzipSplicer(new MemoryStream(Compress(s_raw)), edits, output);

        Digest diffId = await splicer.RunAsync(CancellationToken.None);

        byte[] expected = Splicing.Apply(s_raw, edits);
        Assert.Equal(Digest.FromBytes(expected), diffId);
        Assert.Equal(Sample.Hash(expected), Sample.Hash(Decompress(output.ToArray())));
    }

    [Fact]
    public void Splice_CutShortOrChanged_Throws()
    {
        byte[] raw = s_raw[..150_000];
        byte[] gzip = Compress(raw);
        ByteEdit[] edits = [Splicing.Edit(50_000, 51_000, 0)];
        for (int length = 0; length < gzip.Length; length += 97)
        {
            Assert.Throws<InvalidDataException>(() => Splicing.Run(gzip[..length], edits));
        }

        for (int bit = 80; bit < gzip.Length * 8; bit += 1009)
        {
            byte[] changed = Sample.Flip(gzip, bit);
            if (!IsArchiveFor(changed, raw))
            {
                Assert.Throws<InvalidDataException>(() => Splicing.Run(changed, edits));
            }
        }
    }

    // Another distance may lead to the same bytes: that is no damage.
    private static bool IsArchiveFor(byte[] gzip, byte[] raw)
    {
        try
        {
            using var stream = new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress);
            byte[] actual = new byte[raw.Length + 1];
            return stream.ReadAtLeast(actual, actual.Length, throwOnEndOfStream: false) == raw.Length
                && actual.AsSpan(0, raw.Length).SequenceEqual(raw);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    [Theory]
    [InlineData(149_000, 150_001)]
    [InlineData(150_001, 150_001)]
    [InlineData(160_000, 170_000)]
    public void Splice_EditBeyondTheEnd_Throws(long start, long end) =>
        Assert.Throws<InvalidDataException>(() => Splicing.Run(Compress(s_raw[..150_000]), [Splicing.Edit(start, end, 10)]));

    [Theory]
    [InlineData(0, 10, 5, 20)]
    [InlineData(10, 20, 0, 5)]
    [InlineData(0, 5, 20, 10)]
    public void Splice_EditsOutOfOrder_Throws(long start, long end, long secondStart, long secondEnd) =>
        Assert.Throws<ArgumentException>(
            () => Splicing.Run(Compress(s_raw), [Splicing.Edit(start, end, 0), Splicing.Edit(secondStart, secondEnd, 0)]));

    [Fact]
    public async Task Splice_OutputFails_ThrowsItsError()
    {
        using var splicer = new GzipSplicer(new MemoryStream(Compress(Sample.Noise(2_000_000))), [], new FullStream());

        Assert.Equal("full", (await Assert.ThrowsAsync<IOException>(
            () => splicer.RunAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30)))).Message);
    }

    [Fact]
    public async Task Splice_Cancelled_Stops()
    {
        using var splicer = new GzipSplicer(new MemoryStream(Compress(Sample.Noise(2_000_000))), [], new MemoryStream());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => splicer.RunAsync(new CancellationToken(canceled: true)));
    }

    private static byte[] Compress(byte[] raw)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(raw);
        }

        return compressed.ToArray();
    }

    private static byte[] Decompress(byte[] gzip)
    {
        using var raw = new MemoryStream();
        using var stream = new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress);
        stream.CopyTo(raw);
        return raw.ToArray();
    }

    private sealed class FullStream : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("full");

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("full");
    }
}
