// SPDX-License-Identifier: MIT

using OciPS.IO;

namespace OciPS.Compression.Gzip;

/// <summary>What was decompressed last: 32 KiB that may be referred back to, and what comes behind them.</summary>
/// <remarks>Fast writers work on the fields, and may write some bytes beyond what they report.</remarks>
internal sealed class InflateWindow : IDisposable
{
    public const int History = 32 * 1024;

    // A copy writes 16 bytes at a time.
    private const int Slack = DeflateBlock.LongestMatch + 64;
    private const int Size = History + (192 * 1024);

    private readonly PooledBuffer _buffer = new(Size);
    private long _base;

    /// <summary>Where the next byte goes.</summary>
    public int End;

    /// <summary>The first byte that may be referred back to.</summary>
    public int Start { get; private set; }

    public byte[] Bytes => _buffer.Array;

    /// <summary>Where there is no room for another match.</summary>
    public int FullAt { get; } = Size - Slack;

    /// <summary>Whether room has to be made, by <see cref="Slide"/>.</summary>
    public bool IsFull => End >= FullAt;

    /// <summary>How many bytes were decompressed.</summary>
    public long Position => _base + End;

    /// <summary>Where a position is in the bytes.</summary>
    public long IndexOf(long position) => position - _base;

    /// <summary>The bytes from a position on that is still in memory.</summary>
    public ReadOnlyMemory<byte> From(long position) => _buffer.Memory[(int)IndexOf(position)..End];

    /// <summary>What may be referred back to.</summary>
    public ReadOnlyMemory<byte> Referable => _buffer.Memory[Math.Max(Start, End - History)..End];

    /// <summary>Begins in the middle.</summary>
    /// <param name="position">The position.</param>
    /// <param name="history">What comes before it.</param>
    public void Begin(long position, ReadOnlySpan<byte> history)
    {
        history.CopyTo(Bytes);
        (Start, End, _base) = (0, history.Length, position - history.Length);
    }

    /// <summary>Nothing before this point may be referred back to.</summary>
    public void Forget() => Start = End;

    /// <summary>Makes room: only what may be referred back to stays.</summary>
    public void Slide()
    {
        int shift = End - History;
        Bytes.AsSpan(shift, History).CopyTo(Bytes);
        _base += shift;
        End = History;
        Start = Math.Max(0, Start - shift);
    }

    public void Dispose() => _buffer.Dispose();
}
