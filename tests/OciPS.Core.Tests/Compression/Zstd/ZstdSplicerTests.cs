// SPDX-License-Identifier: MIT

using CsCheck;
using OciPS.Compression.Zstd;
using OciPS.Core.Tests.Support;
using OciPS.References;
using OciPS.Splicing;
using Xunit.Abstractions;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace OciPS.Core.Tests.Compression.Zstd;

/// <summary>
/// Whatever is cut out of zstd of several frames, zstd finds exactly what is left, and untouched frames are as they were.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class ZstdSplicerTests(ITestOutputHelper log)
{
    private static readonly byte[] s_text = Sample.Text(600_000);
    private static readonly byte[] s_noise = Sample.Noise(600_000);

    private static readonly Gen<Frame[]> s_frames = Gen.Select(
        Gen.OneOf(Gen.Int[0, 300], Gen.Int[0, 60_000], Gen.Int[0, 200_000]),
        Gen.Int[0, 3],
        Gen.Bool,
        Gen.Bool,
        (size, kind, checksum, contentSize) => new Frame(size, kind, checksum, contentSize)).Array[2, 12];

    private static readonly Gen<(double Start, double Length, int Replacement)[]> s_edits =
        Gen.Select(
            Gen.Double[0, 1],
            Gen.OneOf(Gen.Double[0, 0.01], Gen.Double[0, 0.3], Gen.Const(1.0)),
            Gen.OneOf(Gen.Const(0), Gen.Int[1, 30_000])).Array[0, 5];

    [PeerFact("zstd")]
    public void Splice_AnyEditsOfAnyFrames_IsTheEditedContent()
    {
        using var folder = new TemporaryFolder();
        int count = 0;
        using FileStream all = File.Create(folder["all.zst"]);
        using FileStream expectedWhole = File.Create(folder["all"]);
        Gen.Select(s_frames, s_edits).Sample(
            test =>
            {
                (byte[] compressed, byte[] raw) = Make(test.Item1);
                ByteEdit[] edits = ToEdits(raw.Length, test.Item2);
                byte[] expected = Apply(raw, edits);

                (byte[] spliced, Digest digest) = Run(compressed, edits);

                lock (log)
                {
                    count++;
                    all.Write(spliced);
                    expectedWhole.Write(expected);
                }

                using var again = new DecompressionStream(new MemoryStream(spliced));
                using var content = new MemoryStream();
                again.CopyTo(content);
                return digest == Digest.FromBytes(expected) && content.ToArray().AsSpan().SequenceEqual(expected);
            },
            iter: 1000);
        all.Close();
        expectedWhole.Close();

        // Frames follow each other, so that the tool can judge all of them at once.
        Tool.Run("zstd", "-q", "-d", folder["all.zst"], "-o", folder["judged"]);
        Assert.Equal(Sample.Hash(File.ReadAllBytes(folder["all"])), Sample.Hash(File.ReadAllBytes(folder["judged"])));
        log.WriteLine($"{count} cases");
    }

    [Fact]
    public void Splice_OneFrameIsTouched_OthersStay()
    {
        byte[][] frames = [
            Compress(s_text[..100_000], true, true),
            Compress(s_noise[..50_000], false, false),
            Skippable(),
            Compress(s_text[..70_000], true, false)];
        byte[] compressed = [.. frames.SelectMany(frame => frame)];

        (byte[] spliced, _) = Run(compressed, [new ByteEdit(110_000, 120_000)]);

        Assert.True(spliced.AsSpan().StartsWith(frames[0]));
        Assert.True(spliced.AsSpan().EndsWith(frames[3]));
        Assert.Equal(-1, spliced.AsSpan().IndexOf("left out"u8));
        Assert.Equal(40_000, Decompress(spliced[frames[0].Length..^frames[3].Length]).Length);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public async Task Pays_SeveralFrames_Does(int frames, bool expected)
    {
        byte[] compressed = [.. Skippable(), .. Enumerable.Range(0, frames).SelectMany(
            _ => Compress(s_text[..1000], true, true)), .. Skippable()];

        Assert.Equal(
            expected,
            await new ZstdSplicer(_ => Task.FromResult<Stream>(new MemoryStream(compressed)), []).PaysAsync(CancellationToken.None));
    }

    [Fact]
    public void Read_OneByteAtATime_IsTheSame()
    {
        byte[] compressed = [.. Compress(
            s_text[..200_000], true, true), .. Skippable(), .. Compress([], true, false), .. Compress(s_noise[..3000], false, true)];

        using var frames = new ZstdFrameStream(new OneByteStream(compressed), static () => 0);
        using var read = new MemoryStream();
        frames.CopyTo(read);

        Assert.Equal(3, frames.Frames.Count);
        Assert.Equal(compressed.Length, frames.Frames[2].End);
        Assert.Equal(203_000, Decompress(read.ToArray()).Length);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(40)]
    [InlineData(-1)]
    [InlineData(-5)]
    public void Read_CutShort_IsAnError(int length)
    {
        byte[] whole = Compress(s_text[..200_000], true, true);
        using var frames = new ZstdFrameStream(new MemoryStream(whole[..(length < 0 ? whole.Length + length : length)]), static () => 0);

        Assert.Throws<EndOfStreamException>(() => frames.CopyTo(Stream.Null));
    }

    private static (byte[] Zstd, Digest Digest) Run(byte[] compressed, ByteEdit[] edits)
    {
        using var output = new MemoryStream();
        Digest digest = new ZstdSplicer(_ => Task.FromResult<Stream>(new MemoryStream(compressed)), edits)
            .RunAsync(output, CancellationToken.None).GetAwaiter()
            .GetResult();
        return (output.ToArray(), digest);
    }

    private static (byte[] Compressed, byte[] Raw) Make(Frame[] frames)
    {
        using var compressed = new MemoryStream();
        using var raw = new MemoryStream();
        foreach (Frame frame in frames)
        {
            byte[] content = frame.Kind switch { 0 => s_noise[..frame.Size], 1 => new byte[frame.Size], _ => s_text[..frame.Size] };
            raw.Write(content);
            compressed.Write(Compress(content, frame.HasChecksum, frame.HasContentSize));
            if (frame.Size % 5 == 0)
            {
                compressed.Write(Skippable());
            }
        }

        return (compressed.ToArray(), raw.ToArray());
    }

    private static byte[] Compress(byte[] content, bool hasChecksum, bool hasContentSize)
    {
        using var output = new MemoryStream();
        if (hasContentSize)
        {
            using var compressor = new Compressor(3);
            compressor.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, hasChecksum ? 1 : 0);
            return compressor.Wrap(content).ToArray();
        }

        using (var stream = new CompressionStream(output, 3))
        {
            stream.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, hasChecksum ? 1 : 0);
            stream.Write(content);
        }

        return output.ToArray();
    }

    private static byte[] Skippable() => [0x5A, 0x2A, 0x4D, 0x18, 8, 0, 0, 0, .. "left out"u8];

    private static byte[] Decompress(byte[] zstd)
    {
        using var stream = new DecompressionStream(new MemoryStream(zstd));
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    private static ByteEdit[] ToEdits(int length, (double Start, double Length, int Replacement)[] places)
    {
        var edits = new List<ByteEdit>();
        long end = 0;
        foreach ((double start, double size, int replacement) in places.OrderBy(place => place.Start))
        {
            long from = Math.Max(end, (long)(start * length));
            end = Math.Min(length, from + (long)(size * length));
            if (end > from)
            {
                edits.Add(ByteEdit.Replace(from, end, Sample.Noise(replacement, replacement)));
            }
        }

        return [.. edits];
    }

    private static byte[] Apply(byte[] raw, ByteEdit[] edits)
    {
        using var result = new MemoryStream();
        int position = 0;
        foreach (ByteEdit edit in edits)
        {
            result.Write(raw.AsSpan(position..(int)edit.Start));
            edit.OpenReplacement?.Invoke().CopyTo(result);
            position = (int)edit.End;
        }

        result.Write(raw.AsSpan(position));
        return result.ToArray();
    }

    /// <summary>What a frame holds, and how.</summary>
    private sealed record Frame(int Size, int Kind, bool HasChecksum, bool HasContentSize);
}
