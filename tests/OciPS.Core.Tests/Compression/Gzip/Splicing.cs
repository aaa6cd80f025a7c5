// SPDX-License-Identifier: MIT

using OciPS.Compression.Gzip;
using OciPS.Core.Tests.Support;
using OciPS.IO;
using OciPS.IO.Hashing;
using OciPS.References;
using OciPS.Splicing;
using Crc32 = System.IO.Hashing.Crc32;

namespace OciPS.Core.Tests.Compression.Gzip;

/// <summary>Edits bytes, and gzip of them.</summary>
internal static class Splicing
{
    /// <summary>An edit that puts so many bytes in the place of a range.</summary>
    public static ByteEdit Edit(long start, long end, int replacement) =>
        new(start, end, replacement == 0 ? null : () => new MemoryStream(Replacement(replacement)));

    /// <summary>What is expected.</summary>
    public static byte[] Apply(byte[] raw, IEnumerable<ByteEdit> edits)
    {
        var result = new MemoryStream();
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

    public static (byte[] Gzip, Digest DiffId) Run(byte[] gzip, IReadOnlyList<ByteEdit> edits) => Run(new MemoryStream(gzip), edits);

    public static (byte[] Gzip, Digest DiffId) Run(Stream gzip, IReadOnlyList<ByteEdit> edits)
    {
        using var output = new MemoryStream();
        using var splicer = new GzipSplicer(gzip, edits, output);
        Digest diffId = splicer.RunAsync(CancellationToken.None).GetAwaiter().GetResult();
        return (output.ToArray(), diffId);
    }

    /// <summary>
    /// As <see cref="Run(byte[], IReadOnlyList{ByteEdit})"/>, with what a first reading finds out; null if that is of no use.
    /// </summary>
    public static (byte[] Gzip, Digest DiffId)? RunShort(byte[] gzip, IReadOnlyList<ByteEdit> edits, byte[] expected, long spacing)
    {
        var points = new InflatePoints(spacing);
        using var reader = new GzipReadStream(new MemoryStream(gzip)) { Points = points };
        var length = new CountingStream();
        reader.CopyTo(length);
        if (points.Members != 1)
        {
            return null;
        }

        var kept = new ContentDigests(Digest.FromBytes(expected), Crc32.HashToUInt32(expected), expected.Length);
        using var output = new MemoryStream();
        using var splicer = new GzipSplicer(
            new MemoryStream(gzip), edits, output, new SpliceIndex(points.Points, points.FinalBlock, length.Count, kept));
        Digest diffId = splicer.RunAsync(CancellationToken.None).GetAwaiter().GetResult();
        return (output.ToArray(), diffId);
    }

    private static byte[] Replacement(int length) => length % 2 == 0 ? Sample.Text(length) : Sample.Noise(length, length);

    private sealed class CountingStream : WriteOnlyStream
    {
        public long Count { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer) => Count += buffer.Length;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Count += buffer.Length;
            return ValueTask.CompletedTask;
        }
    }
}
