// SPDX-License-Identifier: MIT

using System.Buffers.Binary;
using OciPS.IO;

namespace OciPS.Compression.Gzip;

/// <summary>Reads buffered compressed bytes as bits, lowest first.</summary>
/// <remarks>Fast readers work on copies of the fields and write them back.</remarks>
internal sealed class BitReader(int size) : IDisposable
{
    private readonly PooledBuffer _buffer = new(size);
    private long _base;
    private bool _ended;

    /// <summary>Bits that were loaded from the bytes and are unused; those above <see cref="Count"/> are zero.</summary>
    public ulong Bits;

    /// <summary>The number of unused bits.</summary>
    public int Count;

    /// <summary>The index of the next byte to load.</summary>
    public int Position;

    /// <summary>The end of the buffered bytes.</summary>
    public int End { get; private set; }

    public byte[] Bytes => _buffer.Array;

    /// <summary>The number of input bits that were used.</summary>
    public long BitPosition => ((_base + Position) * 8) - Count;

    /// <summary>The space for more input. Discards used bytes.</summary>
    public Memory<byte> Space()
    {
        Unload();
        int kept = Position - (Count > 0 ? 1 : 0);
        Bytes.AsSpan(kept, End - kept).CopyTo(Bytes);
        _base += kept;
        Position -= kept;
        End -= kept;
        return _buffer.Memory[End..];
    }

    /// <summary>Sets how many bytes were put into the space; 0 for the end of the input.</summary>
    public void Supply(int count)
    {
        End += count;
        _ended |= count == 0;
    }

    /// <summary>Whether that many bytes are available, or the input has ended.</summary>
    public bool HasBytes(int count) => _ended || End - Position + (Count >> 3) >= count;

    /// <summary>Whether that many bits are available, 56 at most, or the input has ended.</summary>
    public bool HasBits(int count)
    {
        Refill();
        return _ended || Count >= count;
    }

    /// <summary>Whether the input has ended.</summary>
    public bool HasEnded => _ended;

    /// <summary>Whether nothing is left to read.</summary>
    public bool IsAtEnd => _ended && Position == End && Count < 8;

    /// <summary>Reads bits, 32 at most.</summary>
    public uint Take(int count)
    {
        Require(count);
        uint bits = (uint)(Bits & ((1UL << count) - 1));
        Skip(count);
        return bits;
    }

    /// <summary>Throws unless that many bits are available.</summary>
    public void Require(int count)
    {
        if (Count < count)
        {
            Refill();
            if (Count < count)
            {
                throw CutShort();
            }
        }
    }

    public void Skip(int count)
    {
        Bits >>= count;
        Count -= count;
    }

    /// <summary>Skips the rest of a partly used byte.</summary>
    public void AlignToByte() => Skip(Count & 7);

    /// <summary>Reads a byte, at a byte boundary.</summary>
    /// <returns>False if more input is needed, or none is left.</returns>
    public bool TryTakeByte(out byte value)
    {
        Refill();
        value = (byte)Bits;
        if (Count < 8)
        {
            return _ended && Count < 8 ? throw CutShort() : false;
        }

        Skip(8);
        return true;
    }

    /// <summary>Reads bytes, at a byte boundary.</summary>
    public ReadOnlySpan<byte> TakeBytes(int most)
    {
        Unload();
        ReadOnlySpan<byte> bytes = Bytes.AsSpan(Position, Math.Min(most, End - Position));
        Position += bytes.Length;
        return bytes.IsEmpty && _ended ? throw CutShort() : bytes;
    }

    /// <summary>Skips all bits before a position, as far as they are buffered.</summary>
    /// <returns>The bytes that contain these bits.</returns>
    public ReadOnlySpan<byte> PassTo(long bit)
    {
        long from = BitPosition;
        long to = Math.Min(bit, (_base + End) * 8);
        (Position, Bits, Count) = ((int)((to >> 3) - _base), 0, 0);
        if ((to & 7) != 0)
        {
            (Bits, Count) = ((ulong)Bytes[Position++] >> (int)(to & 7), 8 - (int)(to & 7));
        }

        return GetBytes(from, to);
    }

    /// <summary>The bytes that contain a range of bits that is still buffered.</summary>
    public ReadOnlySpan<byte> GetBytes(long fromBit, long toBit) =>
        Bytes.AsSpan((int)((fromBit >> 3) - _base), (int)(((toBit + 7) >> 3) - (fromBit >> 3)));

    public void Dispose() => _buffer.Dispose();

    private static InvalidDataException CutShort() => new("the data ends in the middle of a gzip member");

    /// <summary>Loads bytes until there are 56 bits or more.</summary>
    private void Refill()
    {
        if (End - Position >= 8)
        {
            Bits |= BinaryPrimitives.ReadUInt64LittleEndian(Bytes.AsSpan(Position)) << Count;
            Position += (63 - Count) >> 3;
            Count |= 56;
            Bits &= (1UL << Count) - 1;
            return;
        }

        while (Count < 56 && Position < End)
        {
            Bits |= (ulong)Bytes[Position++] << Count;
            Count += 8;
        }
    }

    /// <summary>Returns whole loaded but unused bytes to the buffer.</summary>
    private void Unload()
    {
        Position -= Count >> 3;
        Count &= 7;
        Bits &= (1UL << Count) - 1;
    }
}
