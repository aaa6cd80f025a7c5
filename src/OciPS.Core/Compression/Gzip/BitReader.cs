// SPDX-License-Identifier: MIT

using System.Buffers.Binary;
using OciPS.IO;

namespace OciPS.Compression.Gzip;

/// <summary>The compressed bytes that are in memory, read as bits, lowest first.</summary>
/// <remarks>Fast readers work on copies of the fields and write them back.</remarks>
internal sealed class BitReader(int size) : IDisposable
{
    private readonly PooledBuffer _buffer = new(size);
    private long _base;
    private bool _ended;

    /// <summary>Bits that were taken from the bytes and not used yet; above <see cref="Count"/> there are zeros.</summary>
    public ulong Bits;

    /// <summary>How many bits these are.</summary>
    public int Count;

    /// <summary>The next byte to take.</summary>
    public int Position;

    /// <summary>The end of what is there.</summary>
    public int End { get; private set; }

    public byte[] Bytes => _buffer.Array;

    /// <summary>How many bits of the input were used.</summary>
    public long BitPosition => ((_base + Position) * 8) - Count;

    /// <summary>Where there is room for more input. What was used already makes way.</summary>
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

    /// <summary>Says how much input was put there; 0 for no more.</summary>
    public void Supply(int count)
    {
        End += count;
        _ended |= count == 0;
    }

    /// <summary>Whether there are so many bytes, or all that there will ever be.</summary>
    public bool HasBytes(int count) => _ended || End - Position + (Count >> 3) >= count;

    /// <summary>Whether there are so many bits at hand, 56 at most, or all that there will ever be.</summary>
    public bool HasBits(int count)
    {
        Refill();
        return _ended || Count >= count;
    }

    /// <summary>Whether no more input comes.</summary>
    public bool HasEnded => _ended;

    /// <summary>Whether there is nothing left to read.</summary>
    public bool IsAtEnd => _ended && Position == End && Count < 8;

    /// <summary>Takes some bits, 32 at most.</summary>
    public uint Take(int count)
    {
        Require(count);
        uint bits = (uint)(Bits & ((1UL << count) - 1));
        Skip(count);
        return bits;
    }

    /// <summary>Fails unless there are so many bits.</summary>
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

    /// <summary>Passes over what is left of a byte.</summary>
    public void AlignToByte() => Skip(Count & 7);

    /// <summary>Takes a byte, where bytes are whole.</summary>
    /// <returns>False if more input is needed, or if there is none.</returns>
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

    /// <summary>Takes bytes, where bytes are whole.</summary>
    public ReadOnlySpan<byte> TakeBytes(int most)
    {
        Unload();
        ReadOnlySpan<byte> bytes = Bytes.AsSpan(Position, Math.Min(most, End - Position));
        Position += bytes.Length;
        return bytes.IsEmpty && _ended ? throw CutShort() : bytes;
    }

    /// <summary>Passes over all up to a bit, or as much of it as is there.</summary>
    /// <returns>The bytes in which these bits lie.</returns>
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

    /// <summary>The bytes in which a range of bits lies that is still in memory.</summary>
    public ReadOnlySpan<byte> GetBytes(long fromBit, long toBit) =>
        Bytes.AsSpan((int)((fromBit >> 3) - _base), (int)(((toBit + 7) >> 3) - (fromBit >> 3)));

    public void Dispose() => _buffer.Dispose();

    private static InvalidDataException CutShort() => new("the data ends in the middle of a gzip member");

    /// <summary>Takes bytes until there are 56 bits or more.</summary>
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

    /// <summary>Gives whole bytes back that were taken and not used.</summary>
    private void Unload()
    {
        Position -= Count >> 3;
        Count &= 7;
        Bits &= (1UL << Count) - 1;
    }
}
