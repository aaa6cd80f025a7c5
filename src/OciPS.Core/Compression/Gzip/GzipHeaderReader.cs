// SPDX-License-Identifier: MIT

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using OciPS.IO.Hashing;

namespace OciPS.Compression.Gzip;

/// <summary>Reads the header of a gzip member: RFC 1952, section 2.3.</summary>
internal sealed class GzipHeaderReader
{
    private const int FixedLength = 10;
    private const int MostBytes = 1024 * 1024;
    private const byte HasChecksum = 0x02;
    private const byte HasExtra = 0x04;
    private const byte HasName = 0x08;
    private const byte HasComment = 0x10;
    private const byte Reserved = 0xE0;

    private readonly List<byte> _bytes = [];
    private Part _part;
    private int _left = FixedLength;

    private enum Part
    {
        Fixed,
        ExtraLength,
        Extra,
        Name,
        Comment,
        Checksum,
        Done,
    }

    private ReadOnlySpan<byte> Bytes => CollectionsMarshal.AsSpan(_bytes);

    private byte Flags => Bytes[3];

    /// <summary>Adds the next byte.</summary>
    /// <returns>Whether it was the last one of the header.</returns>
    public bool Add(byte value)
    {
        _bytes.Add(value);
        if (_bytes.Count > MostBytes)
        {
            throw new InvalidDataException($"the header of a gzip member has more than {MostBytes} bytes");
        }

        bool isPartDone = _part is Part.Name or Part.Comment ? value == 0 : --_left == 0;
        if (isPartDone)
        {
            Check();
            Next();
        }

        return _part == Part.Done;
    }

    /// <summary>Starts with the next header.</summary>
    public void Reset()
    {
        _bytes.Clear();
        (_part, _left) = (Part.Fixed, FixedLength);
    }

    /// <summary>The header for recompressed data, without extra fields: they hold lengths or offsets of the old compressed data.</summary>
    public byte[] ToBytesWithoutExtra()
    {
        if ((Flags & HasExtra) == 0)
        {
            return _bytes.ToArray();
        }

        int extra = 2 + BinaryPrimitives.ReadUInt16LittleEndian(Bytes[FixedLength..]);
        byte[] bytes = [.. Bytes[..FixedLength], .. Bytes[(FixedLength + extra)..]];
        bytes[3] &= unchecked((byte)~HasExtra);
        if ((Flags & HasChecksum) != 0)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(
                bytes.AsSpan(bytes.Length - 2), (ushort)Crc32.Compute(bytes.AsSpan(0, bytes.Length - 2)));
        }

        return bytes;
    }

    private void Check()
    {
        if (_part == Part.Fixed && !Bytes.StartsWith<byte>([0x1F, 0x8B]))
        {
            throw new InvalidDataException("there is no header where a gzip member should begin");
        }

        if (_part == Part.Fixed && (Bytes[2] != 8 || (Flags & Reserved) != 0))
        {
            throw new InvalidDataException("a gzip member is compressed in an unknown way");
        }

        if (_part == Part.Checksum && BinaryPrimitives.ReadUInt16LittleEndian(Bytes[^2..]) != (ushort)Crc32.Compute(Bytes[..^2]))
        {
            throw new InvalidDataException("the checksum of a gzip header is wrong");
        }
    }

    private void Next()
    {
        do
        {
            _part++;
        }
        while (!IsThere(_part));
        _left = _part == Part.Extra ? BinaryPrimitives.ReadUInt16LittleEndian(Bytes[^2..]) : 2;
        if (_part == Part.Extra && _left == 0)
        {
            Next();
        }
    }

    private bool IsThere(Part part) => part switch
    {
        Part.ExtraLength or Part.Extra => (Flags & HasExtra) != 0,
        Part.Name => (Flags & HasName) != 0,
        Part.Comment => (Flags & HasComment) != 0,
        Part.Checksum => (Flags & HasChecksum) != 0,
        _ => true,
    };
}
