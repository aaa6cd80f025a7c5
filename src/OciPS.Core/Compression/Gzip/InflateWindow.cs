// SPDX-License-Identifier: MIT

using OciPS.IO;

namespace OciPS.Compression.Gzip;

/// <summary>The latest decompressed bytes: 32 KiB that may be referred back to, and space for more.</summary>
/// <remarks>Fast writers work on the fields, and may write some bytes after those that they report.</remarks>
internal sealed class InflateWindow : IDisposable
{
    public const int History = 32 * 1024;

    // A copy writes 16 bytes at a time.
    private const int Slack = DeflateBlock.LongestMatch + 64;
    private const int Size = History + (192 * 1024);

    private readonly PooledBuffer _buffer = new(Size);
    private long _base;

    /// <summary>The index of the next byte.</summary>
    public int End;

    /// <summary>The index of the first byte that may be referred back to.</summary>
    public int Start { get; private set; }

    public byte[] Bytes => _buffer.Array;

    /// <summary>The index from which on there is no room for another match.</summary>
    public int FullAt { get; } = Size - Slack;

    /// <summary>Whether <see cref="Slide"/> has to free space.</summary>
    public bool IsFull => End >= FullAt;

    /// <summary>The number of bytes decompressed.</summary>
    public long Position => _base + End;

    /// <summary>The index of a position in the buffer.</summary>
    public long IndexOf(long position) => position - _base;

    /// <summary>The bytes from a buffered position on.</summary>
    public ReadOnlyMemory<byte> From(long position) => _buffer.Memory[(int)IndexOf(position)..End];

    /// <summary>The bytes that may be referred back to.</summary>
    public ReadOnlyMemory<byte> Referable => _buffer.Memory[Math.Max(Start, End - History)..End];

    /// <summary>Starts in the middle of the data.</summary>
    /// <param name="position">The position.</param>
    /// <param name="history">The bytes before it.</param>
    public void Begin(long position, ReadOnlySpan<byte> history)
    {
        history.CopyTo(Bytes);
        (Start, End, _base) = (0, history.Length, position - history.Length);
    }

    /// <summary>Forbids references to bytes before this point.</summary>
    public void Forget() => Start = End;

    /// <summary>Frees space: keeps only the bytes that may be referred back to.</summary>
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
