// SPDX-License-Identifier: MIT

namespace OciPS.Streams.Deflate;

/// <summary>Reads the headers of blocks, and the codes of those that bring their own: RFC 1951, section 3.2.7. As strict as zlib.</summary>
internal sealed class BlockHeaderReader(BitReader input)
{
    /// <summary>No header is longer than this.</summary>
    public const int MostBytes = 600;

    public const int LengthBits = 11;
    public const int DistanceBits = 8;

    private const int MostLengths = 286;
    private const int MostDistances = 30;

    // How many entries the worst code needs, as zlib's program "enough" counts them.
    private const int LengthEntries = 2342;
    private const int DistanceEntries = 402;

    private static readonly byte[] s_order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    private static readonly HuffmanTable s_fixedLengths = Fixed(
        new HuffmanTable(LengthBits, LengthEntries, DeflateSymbols.Lengths),
        [.. Enumerable.Repeat((byte)8, 144), .. Enumerable.Repeat((byte)9, 112), .. Enumerable.Repeat((byte)7, 24), .. Enumerable.Repeat((byte)8, 8)]);

    private static readonly HuffmanTable s_fixedDistances = Fixed(
        new HuffmanTable(DistanceBits, DistanceEntries, DeflateSymbols.Distances), [.. Enumerable.Repeat((byte)5, 32)]);

    private readonly HuffmanTable _codeLengths = new(7, 128, DeflateSymbols.CodeLengths);
    private readonly HuffmanTable _dynamicLengths = new(LengthBits, LengthEntries, DeflateSymbols.Lengths);
    private readonly HuffmanTable _dynamicDistances = new(DistanceBits, DistanceEntries, DeflateSymbols.Distances);
    private readonly byte[] _lengths = new byte[MostLengths + MostDistances];

    /// <summary>The block's code of literals and lengths.</summary>
    public HuffmanTable Lengths { get; private set; } = s_fixedLengths;

    /// <summary>The block's code of distances.</summary>
    public HuffmanTable Distances { get; private set; } = s_fixedDistances;

    /// <summary>Reads a header; the input holds all of it.</summary>
    public DeflateBlock Read(long start)
    {
        var block = new DeflateBlock { HeaderBit = input.BitPosition, Start = start, IsFinal = input.Take(1) == 1 };
        switch (input.Take(2))
        {
            case 0:
                block.IsStored = true;
                block.StoredLength = ReadStoredLength();
                break;
            case 1:
                (Lengths, Distances) = (s_fixedLengths, s_fixedDistances);
                break;
            case 2:
                ReadCodes();
                (Lengths, Distances) = (_dynamicLengths, _dynamicDistances);
                break;
            default:
                throw new InvalidDataException("a block is of an unknown type");
        }

        block.EndCode = Lengths.EndCode;
        block.EndLength = Lengths.EndLength;
        block.DataBit = input.BitPosition;
        return block;
    }

    private static HuffmanTable Fixed(HuffmanTable table, byte[] lengths) =>
        table.TryBuild(lengths, mayBeIncomplete: false) ? table : throw new InvalidOperationException("The fixed code is wrong.");

    private int ReadStoredLength()
    {
        input.AlignToByte();
        uint length = input.Take(16);
        return length == (~input.Take(16) & 0xFFFF) ? (int)length : throw new InvalidDataException("the lengths of a stored block contradict each other");
    }

    private void ReadCodes()
    {
        int lengthCount = (int)input.Take(5) + 257;
        int distanceCount = (int)input.Take(5) + 1;
        int codeLengthCount = (int)input.Take(4) + 4;
        if (lengthCount > MostLengths || distanceCount > MostDistances)
        {
            throw new InvalidDataException("a block has more codes than there are symbols");
        }

        Span<byte> codeLengths = stackalloc byte[s_order.Length];
        codeLengths.Clear();
        for (int i = 0; i < codeLengthCount; i++)
        {
            codeLengths[s_order[i]] = (byte)input.Take(3);
        }

        if (!_codeLengths.TryBuild(codeLengths, mayBeIncomplete: false))
        {
            throw new InvalidDataException("a block has wrong lengths of code lengths");
        }

        Span<byte> lengths = _lengths.AsSpan(0, lengthCount + distanceCount);
        ReadLengths(lengths);
        if (lengths[DeflateSymbols.EndOfBlock] == 0)
        {
            throw new InvalidDataException("a block has no code for its end");
        }

        if (!_dynamicLengths.TryBuild(lengths[..lengthCount], mayBeIncomplete: true) || !_dynamicDistances.TryBuild(lengths[lengthCount..], mayBeIncomplete: true))
        {
            throw new InvalidDataException("a block has wrong code lengths");
        }
    }

    private void ReadLengths(Span<byte> lengths)
    {
        for (int at = 0; at < lengths.Length;)
        {
            input.HasBits(14);
            uint entry = _codeLengths.Entries[input.Bits & 127];
            input.Require((byte)entry);
            input.Skip((byte)entry);
            uint symbol = entry >> 16;
            if (symbol < 16)
            {
                lengths[at++] = (byte)symbol;
                continue;
            }

            (int count, byte value) = symbol switch
            {
                16 when at == 0 => throw new InvalidDataException("a block repeats a code length that is not there"),
                16 => (3 + (int)input.Take(2), lengths[at - 1]),
                17 => (3 + (int)input.Take(3), (byte)0),
                _ => (11 + (int)input.Take(7), (byte)0),
            };
            if (count > lengths.Length - at)
            {
                throw new InvalidDataException("a block has too many code lengths");
            }

            lengths.Slice(at, count).Fill(value);
            at += count;
        }
    }
}
