// SPDX-License-Identifier: MIT

using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace OciPS.Tar;

/// <summary>The fields of one header block, read in place.</summary>
/// <remarks>POSIX.1 pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format".</remarks>
internal readonly ref struct TarHeader
{
    public const int BlockSize = 512;

    private const int ChecksumOffset = 148;
    private const int ChecksumLength = 8;

    private readonly ReadOnlySpan<byte> _block;

    public TarHeader(ReadOnlySpan<byte> block) => _block = block[..BlockSize];

    public bool IsZero => !_block.ContainsAnyExcept((byte)0);

    public bool IsGnu => _block[257..265].SequenceEqual("ustar  \0"u8);

    public bool IsUstar => _block[257..263].SequenceEqual("ustar\0"u8);

    public char TypeFlag => (char)_block[156];

    public ReadOnlySpan<byte> Name => Text(0, 100);

    public ReadOnlySpan<byte> LinkName => Text(157, 100);

    public ReadOnlySpan<byte> Prefix => IsUstar ? Text(345, 155) : default;

    public ReadOnlySpan<byte> UserName => Text(265, 32);

    public ReadOnlySpan<byte> GroupName => Text(297, 32);

    public bool TryGetMode(out long value) => TryParseNumber(_block.Slice(100, 8), out value);

    public bool TryGetUid(out long value) => TryParseNumber(_block.Slice(108, 8), out value);

    public bool TryGetGid(out long value) => TryParseNumber(_block.Slice(116, 8), out value);

    public bool TryGetSize(out long value) => TryParseNumber(_block.Slice(124, 12), out value) && value >= 0;

    public bool TryGetLastWriteTime(out long value) => TryParseNumber(_block.Slice(136, 12), out value);

    /// <summary>The real size of an old GNU sparse file (type <c>S</c>).</summary>
    public bool TryGetSparseRealSize(out long value) => TryParseNumber(_block.Slice(483, 12), out value) && value >= 0;

    /// <summary>Whether blocks with more of an old GNU sparse file's map follow.</summary>
    public bool IsSparseExtended => _block[482] != 0;

    /// <summary>The part of an old GNU sparse file's map in this header.</summary>
    public ReadOnlySpan<byte> SparseMap => _block.Slice(386, 4 * SparseMapReader.OldEntrySize);

    /// <summary>Whether the checksum is valid; old tools summed signed bytes.</summary>
    public bool IsChecksumValid
    {
        get
        {
            if (!TryParseNumber(_block.Slice(ChecksumOffset, ChecksumLength), out long expected))
            {
                return false;
            }

            (long unsigned, long signed) = Sum(_block);
            return expected == unsigned || expected == signed;
        }
    }

    /// <summary>Writes the checksum of the block.</summary>
    public static void SetChecksum(Span<byte> block)
    {
        (long sum, _) = Sum(block);
        Span<byte> field = block.Slice(ChecksumOffset, ChecksumLength);
        for (int i = 5; i >= 0; i--, sum >>= 3)
        {
            field[i] = (byte)('0' + (sum & 7));
        }

        field[6] = 0;
        field[7] = (byte)' ';
    }

    /// <summary>Reads a number: octal digits, or base 256 if the first bit is set.</summary>
    public static bool TryParseNumber(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        if ((field[0] & 0x80) != 0)
        {
            return TryParseBase256(field, out value);
        }

        ReadOnlySpan<byte> digits = field.Trim((byte)' ');
        int end = digits.IndexOfAny((byte)0, (byte)' ');
        digits = end < 0 ? digits : digits[..end];
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7' || value > long.MaxValue >> 3)
            {
                return false;
            }

            value = (value << 3) | (long)(digit - '0');
        }

        return true;
    }

    private static bool TryParseBase256(ReadOnlySpan<byte> field, out long value)
    {
        bool isNegative = (field[0] & 0x40) != 0;
        byte fill = isNegative ? (byte)0xFF : (byte)0;
        if (field.Length > 8)
        {
            value = BinaryPrimitives.ReadInt64BigEndian(field[^8..]);
            byte first = isNegative ? field[0] : (byte)(field[0] & 0x7F);
            return first == fill && !field[1..^8].ContainsAnyExcept(fill) && value < 0 == isNegative;
        }

        value = isNegative ? -1 : 0;
        for (int i = 0; i < field.Length; i++)
        {
            byte part = i == 0 && !isNegative ? (byte)(field[0] & 0x7F) : field[i];
            value = (value << 8) | part;
        }

        return true;
    }

    private static (long Unsigned, long Signed) Sum(ReadOnlySpan<byte> block)
    {
        // Eight sums of 64 bytes each, and the number of bytes with the first bit set.
        Vector128<ushort> sums = default;
        int high = 0;
        for (int i = 0; i < BlockSize; i += Vector128<byte>.Count)
        {
            var bytes = Vector128.Create(block.Slice(i, Vector128<byte>.Count));
            (Vector128<ushort> lower, Vector128<ushort> upper) = Vector128.Widen(bytes);
            sums += lower + upper;
            high += BitOperations.PopCount(bytes.ExtractMostSignificantBits());
        }

        (Vector128<uint> first, Vector128<uint> second) = Vector128.Widen(sums);
        long unsigned = Vector128.Sum(first + second) + (ChecksumLength * ' ');
        foreach (byte value in block.Slice(ChecksumOffset, ChecksumLength))
        {
            unsigned -= value;
            high -= value >> 7;
        }

        return (unsigned, unsigned - (256 * high));
    }

    private ReadOnlySpan<byte> Text(int offset, int length)
    {
        ReadOnlySpan<byte> field = _block.Slice(offset, length);
        int end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }
}
