// SPDX-License-Identifier: MIT

using System.IO.Compression;
using OciPS.Compression.Gzip;
using OciPS.Core.Tests.Support;

namespace OciPS.Core.Tests.Compression.Gzip;

public sealed class GzipReadStreamTests
{
    private static readonly byte[] s_original = Sample.Noise(300_000);

    [Theory]
    [InlineData(false, 1, 20_000)]
    [InlineData(true, 1, 20_000)]
    [InlineData(false, 15, 300_000)]
    [InlineData(true, 16, 300_000)]
    [InlineData(false, 17, 300_000)]
    [InlineData(true, 1_000_000, 300_000)]
    [InlineData(false, 131_072, 131_072)]
    [InlineData(true, 131_072, 131_056)]
    [InlineData(false, 4096, 16)]
    [InlineData(true, 4096, 15)]
    [InlineData(true, 4096, 0)]
    public async Task Read_AnyBufferAndLength_IsTheOriginal(bool async, int bufferSize, int length)
    {
        byte[] original = s_original[..length];
        byte[] compressed = Compress(original);
        foreach (Stream source in new Stream[] { new MemoryStream(compressed), new OneByteStream(compressed) })
        {
            using var stream = new GzipReadStream(source);

            Reading reading = await Reading.FromAsync(stream, async, bufferSize);

            Assert.Null(reading.Error);
            Assert.Equal(Sample.Hash(original), Sample.Hash(reading.Bytes));
            Assert.Equal(0, stream.Read(new byte[10]));
        }
    }

    [Fact]
    public async Task Read_NothingAskedFor_LosesNothing()
    {
        using var stream = new GzipReadStream(new MemoryStream(Compress(s_original)));

        Assert.Equal(0, stream.Read([]));
        Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty));

        Assert.Equal(Sample.Hash(s_original), Sample.Hash((await Reading.FromAsync(stream)).Bytes));
    }

    [Fact]
    public async Task Skip_BetweenReads_IsAsIfItWereRead()
    {
        byte[] original = Sample.Text(2_000_000);
        using var stream = new GzipReadStream(new MemoryStream(Compress(original)));
        byte[] piece = new byte[1000];
        int position = 0;
        while (position < original.Length - 100_000)
        {
            stream.ReadExactly(piece);
            Assert.Equal(original[position..(position + 1000)], piece);
            position += 1000;
            int skipped = await stream.SkipAsync(77_777, CancellationToken.None);
            Assert.InRange(skipped, 1, 77_777);
            position += skipped;
        }

        Assert.Equal(original.Length - position, (await Reading.FromAsync(stream)).Bytes.Length);
        Assert.Equal(0, await stream.SkipAsync(10, CancellationToken.None));
    }

    [Fact]
    public async Task Read_ContentThatEndsWithAnotherStreamsEnd_IsTheOriginal()
    {
        // What looks like the end of such a stream may be content: compressed twice, for instance.
        byte[] inner = Compress(s_original[..100]);
        byte[] outer = Compress(Sample.Concat(inner, inner));

        Reading reading = await Reading.FromAsync(new GzipReadStream(new MemoryStream(outer)));

        Assert.Null(reading.Error);
        Assert.Equal(Sample.Concat(inner, inner), reading.Bytes);
    }

    [Fact]
    public async Task Read_CutShort_GivesWhatIsThereButNoEnd()
    {
        byte[] compressed = Compress(s_original);

        Reading reading = await Reading.FromAsync(new GzipReadStream(new MemoryStream(compressed[..^9])));

        Assert.IsType<InvalidDataException>(reading.Error);
        Assert.Equal(s_original[..reading.Bytes.Length], reading.Bytes);
    }

    [Fact]
    public async Task Read_SameLayerManyAtATime_DoNotDisturbEachOther()
    {
        byte[] compressed = Compress(s_original);

        Reading[] readings = await Task.WhenAll(Enumerable.Range(0, 16).Select(i =>
            Reading.FromAsync(new GzipReadStream(new MemoryStream(compressed)), i % 2 == 0, 1000 + i)));

        Assert.All(readings, reading => Assert.Equal(Sample.Hash(s_original), Sample.Hash(reading.Bytes)));
    }

    [Fact]
    public void Dispose_Twice_DisposesTheSource()
    {
        var source = new MemoryStream(Compress(s_original));
        var stream = new GzipReadStream(source);
        stream.ReadExactly(new byte[10]);

        stream.Dispose();
        stream.Dispose();

        Assert.False(source.CanRead);
    }

    private static byte[] Compress(byte[] original)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(original);
        }

        return compressed.ToArray();
    }
}
