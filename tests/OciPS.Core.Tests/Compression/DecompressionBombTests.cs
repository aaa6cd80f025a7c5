// SPDX-License-Identifier: MIT

using OciPS.Compression;
using OciPS.Core.Tests.Registry;
using OciPS.Core.Tests.Support;
using OciPS.IO;

namespace OciPS.Core.Tests.Compression;

/// <summary>
/// Small input that decompresses to much, or asks for much memory: it may take time, and nothing else. Nothing runs beside these, since
/// they measure what the process takes.
/// </summary>
[Collection(nameof(ChangesEnvironment))]
[Trait("Speed", "Slow")]
public sealed class DecompressionBombTests
{
    private const int Mebibyte = 1024 * 1024;

    [PeerTheory("sh", "gzip", "zstd", "xz", "bzip2")]
    [InlineData("gzip -9")]
    [InlineData("zstd -19")]
    [InlineData("xz -1")]
    [InlineData("bzip2 -9")]
    public async Task Read_Bomb_GivesAllOfItInBoundedMemory(string compress)
    {
        const long Size = 300L * Mebibyte;
        byte[] bomb = Tool.Shell(Path.GetTempPath(), $"head -c {Size} /dev/zero | {compress} -c");
        Assert.True(bomb.Length < Mebibyte);
        using LayerDecompressor stream = await LayerDecompressor.OpenAsync(
            new MemoryStream(bomb), "The layer", CancellationToken.None);

        (long count, long allocated) = ReadAll(stream);

        Assert.Equal(Size, count);
        Assert.True(allocated < 100 * Mebibyte, $"{allocated} bytes");
    }

    /// <summary>Reads on one thread, whose allocations are its own.</summary>
    private static (long Count, long Allocated) ReadAll(LayerDecompressor stream)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        long count = 0;
        byte[] buffer = new byte[100_000];
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            count += read;
        }

        return (count, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [PeerTheory("sh", "zstd", "xz")]
    [InlineData("zstd --ultra -22 --long=27", true)]
    [InlineData("zstd -1 --long=28", false)]
    [InlineData("zstd -1 --long=31", false)]
    [InlineData("xz --lzma2=preset=0,dict=128MiB", true)]
    [InlineData("xz --lzma2=preset=0,dict=192MiB", false)]
    [InlineData("xz --lzma2=preset=0,dict=1536MiB", false)]
    [InlineData("xz --x86 --lzma2=preset=0,dict=256MiB", false)]
    [InlineData("xz --check=sha256 --lzma2=preset=0,dict=256MiB", false)]
    public async Task Read_MuchMemoryAskedFor_IsRefusedBeforeItIsTaken(string compress, bool isTaken)
    {
        byte[] text = Sample.Text(100_000);
        // What comes through a pipe is of unknown size, so that the header says what was asked for.
        byte[] compressed = Tool.Filter(text, "sh", "-c", $"cat | {compress} -c");
        long before = GC.GetTotalAllocatedBytes();

        foreach (bool async in new[] { true, false })
        {
            Reading reading = await LayerDecompressorTests.ReadAsync(compressed, async);
            if (isTaken)
            {
                Assert.Null(reading.Error);
                Assert.Equal(text, reading.Bytes);
            }
            else
            {
                reading.ExpectInvalid("InvalidCompression", "emory");
                Assert.True(GC.GetTotalAllocatedBytes() - before < 30 * Mebibyte);
            }
        }
    }

    [PeerFact("sh", "xz")]
    public async Task Read_MuchMemoryAskedForInASecondBlock_IsRefusedToo()
    {
        byte[] compressed = Tool.Shell(Path.GetTempPath(), "(echo one | xz --lzma2=preset=0; echo two | xz --lzma2=preset=0,dict=1GiB)");

        (await LayerDecompressorTests.ReadAsync(compressed, async: true)).ExpectInvalid("InvalidCompression", "memory");
        (await LayerDecompressorTests.ReadAsync(compressed, async: false)).ExpectInvalid("InvalidCompression", "memory");
    }

    [PeerFact("sh", "xz")]
    public async Task Read_XzTableOfBlocksWithoutEnd_IsRefused()
    {
        byte[] start = Tool.Filter("one"u8.ToArray(), "xz", "-c").AsSpan(0, 12).ToArray();
        // No block at all, then the table: its marker, a count of 2^56, and records of one byte each.
        byte[] table = [.. start, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1];
        int given = 0;
        using LayerDecompressor stream = await LayerDecompressor.OpenAsync(
            new EndlessStream(() => given++ == 0 ? table : [.. Enumerable.Repeat((byte)5, 100_000)]), "The layer", CancellationToken.None);

        Reading reading = await Reading.FromAsync(stream);

        reading.ExpectInvalid("InvalidCompression", "table of blocks");
        Assert.InRange(given, 30, 100);
    }

    [PeerFact("bzip2")]
    public async Task ReadAsync_Bzip2FromASourceThatOnlyWaits_ReadsNothingSynchronously()
    {
        byte[] text = Sample.Noise(5_000_000);
        using LayerDecompressor stream = await LayerDecompressor.OpenAsync(
            new AsyncOnlyStream(Tool.Filter(text, "bzip2", "-c")), "The layer", CancellationToken.None);

        Assert.Equal(text, (await Reading.FromAsync(stream)).Bytes);
    }

    private sealed class AsyncOnlyStream(byte[] content) : ForwardStream
    {
        private ReadOnlyMemory<byte> _rest = content;

        public override int Read(Span<byte> buffer) => throw new NotSupportedException();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            int count = Math.Min(Math.Min(buffer.Length, 50_000), _rest.Length);
            _rest[..count].CopyTo(buffer);
            _rest = _rest[count..];
            return count;
        }
    }
}
