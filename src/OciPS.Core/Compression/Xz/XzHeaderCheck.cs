// SPDX-License-Identifier: MIT

using System.Buffers.Binary;

namespace OciPS.Compression.Xz;

/// <summary>Inspects the bytes that an xz decoder reads, and refuses too large a dictionary before the decoder allocates it.</summary>
/// <remarks>
/// The .xz file format, section 3.1. The decoder reads a block header in three reads: its size, the rest of it, and its checksum. Reads
/// that match this pattern are a header.
/// </remarks>
internal sealed class XzHeaderCheck
{
    // In bytes: twice the dictionary of the largest settings of xz.
    private const long MaximumDictionary = 1L << 27;

    private const int ChecksumSize = 4;
    private const ulong Lzma2 = 0x21;

    private readonly byte[] _header = new byte[1024];
    private int _length;
    private int _read;

    /// <summary>Inspects the bytes of one read.</summary>
    /// <exception cref="InvalidDataException">They complete the header of a block with too large a dictionary.</exception>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        if (_read == 1 && bytes.Length == _length - 1)
        {
            bytes.CopyTo(_header.AsSpan(1));
            _read = _length;
            return;
        }

        if (_read > 1
            && bytes.Length == ChecksumSize
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Checksum(_header.AsSpan(0, _length)))
        {
            Check(_header.AsSpan(2, _length - 2), _header[1]);
        }

        _read = bytes.Length == 1 && bytes[0] != 0 ? 1 : 0;
        if (_read == 1)
        {
            _header[0] = bytes[0];
            _length = ((bytes[0] + 1) * 4) - ChecksumSize;
        }
    }

    private static void Check(ReadOnlySpan<byte> fields, byte flags)
    {
        int sizes = ((flags >> 6) & 1) + (flags >> 7);
        for (int i = 0; i < sizes; i++)
        {
            TakeNumber(ref fields);
        }

        for (int filters = (flags & 3) + 1; filters > 0 && !fields.IsEmpty; filters--)
        {
            ulong id = TakeNumber(ref fields);
            ulong size = TakeNumber(ref fields);
            if (size > (ulong)fields.Length)
            {
                return;
            }

            if (id == Lzma2 && size == 1 && DictionarySize(fields[0]) is var dictionary and > MaximumDictionary)
            {
                throw new InvalidDataException(
                    $"it needs {dictionary} bytes of memory, more than the {MaximumDictionary} that are allowed");
            }

            fields = fields[(int)size..];
        }
    }

    private static long DictionarySize(byte bits) => (2L | (bits & 1L)) << (Math.Min((int)bits, 40) / 2 + 11);

    private static ulong TakeNumber(ref ReadOnlySpan<byte> fields)
    {
        ulong number = 0;
        int shift = 0;
        while (!fields.IsEmpty && shift < 63)
        {
            byte part = fields[0];
            fields = fields[1..];
            number |= (ulong)(part & 0x7F) << shift;
            shift += 7;
            if (part < 0x80)
            {
                break;
            }
        }

        return number;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint checksum = uint.MaxValue;
        foreach (byte one in bytes)
        {
            checksum ^= one;
            for (int bit = 0; bit < 8; bit++)
            {
                checksum = (checksum >> 1) ^ (0xEDB88320 & (0 - (checksum & 1)));
            }
        }

        return ~checksum;
    }
}
