// SPDX-License-Identifier: MIT

namespace OciPS.Compression.Gzip;

/// <summary>Reads block headers, and the codes in those of dynamic blocks: RFC 1951, section 3.2.7. As strict as zlib.</summary>
internal sealed class BlockHeaderReader
{
    /// <summary>The longest possible header.</summary>
    public const int MostBytes = 600;

    public const int LengthBits = 11;
    public const int DistanceBits = 8;

    private const int MostLengths = 286;
    private const int MostDistances = 30;

    /// <summary>The size of the table of lengths; the table of distances follows it.</summary>
    public const int LengthEntries = 2342;

    // The number of entries that the largest code needs, as zlib's program "enough" computes it.
    private const int DistanceEntries = 402;

    private static readonly byte[] s_order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    private static readonly uint[] s_fixed = new uint[LengthEntries + DistanceEntries];
    private static readonly HuffmanTable s_fixedLengths = Fixed(
        new HuffmanTable(LengthBits, s_fixed.AsMemory(0, LengthEntries), DeflateSymbols.Lengths),
        [
            .. Enumerable.Repeat((byte)8, 144),
            .. Enumerable.Repeat((byte)9, 112),
            .. Enumerable.Repeat((byte)7, 24),
            .. Enumerable.Repeat((byte)8, 8)]);

    private static readonly HuffmanTable s_fixedDistances = Fixed(
        new HuffmanTable(DistanceBits, s_fixed.AsMemory(LengthEntries), DeflateSymbols.Distances), [.. Enumerable.Repeat((byte)5, 32)]);

    private readonly HuffmanTable _codeLengths = new(7, new uint[128], DeflateSymbols.CodeLengths);
    private readonly uint[] _dynamic = new uint[LengthEntries + DistanceEntries];
    private readonly HuffmanTable _dynamicLengths;
    private readonly HuffmanTable _dynamicDistances;
    private readonly byte[] _lengths = new byte[MostLengths + MostDistances];
    private readonly BitReader _input;
    private HuffmanTable _currentLengths = s_fixedLengths;
    private HuffmanTable _currentDistances = s_fixedDistances;

    /// <param name="input">The bits to read headers from.</param>
    public BlockHeaderReader(BitReader input)
    {
        _input = input;
        _dynamicLengths = new HuffmanTable(LengthBits, _dynamic.AsMemory(0, LengthEntries), DeflateSymbols.Lengths);
        _dynamicDistances = new HuffmanTable(DistanceBits, _dynamic.AsMemory(LengthEntries), DeflateSymbols.Distances);
    }

    /// <summary>The tables of the block's codes: literals and lengths first, then distances.</summary>
    public uint[] Tables { get; private set; } = s_fixed;

    /// <summary>The table of the block's literal/length code.</summary>
    public ReadOnlySpan<uint> Lengths => _currentLengths.Entries;

    /// <summary>The table of the block's distance code.</summary>
    public ReadOnlySpan<uint> Distances => _currentDistances.Entries;

    /// <summary>Reads a header, which has to be buffered completely.</summary>
    public DeflateBlock Read(long start)
    {
        var block = new DeflateBlock { HeaderBit = _input.BitPosition, Start = start, IsFinal = _input.Take(1) == 1 };
        switch (_input.Take(2))
        {
            case 0:
                block.IsStored = true;
                block.StoredLength = ReadStoredLength();
                break;
            case 1:
                (_currentLengths, _currentDistances, Tables) = (s_fixedLengths, s_fixedDistances, s_fixed);
                break;
            case 2:
                ReadCodes();
                (_currentLengths, _currentDistances, Tables) = (_dynamicLengths, _dynamicDistances, _dynamic);
                break;
            default:
                throw new InvalidDataException("a block is of an unknown type");
        }

        block.EndCode = _currentLengths.EndCode;
        block.EndLength = _currentLengths.EndLength;
        block.DataBit = _input.BitPosition;
        return block;
    }

    private static HuffmanTable Fixed(HuffmanTable table, byte[] lengths) =>
        table.TryBuild(lengths, mayBeIncomplete: false) ? table : throw new InvalidOperationException("The fixed code is wrong.");

    private int ReadStoredLength()
    {
        _input.AlignToByte();
        uint length = _input.Take(16);
        return length == (~_input.Take(16) & 0xFFFF)
            ? (int)length
            : throw new InvalidDataException("the lengths of a stored block contradict each other");
    }

    private void ReadCodes()
    {
        int lengthCount = (int)_input.Take(5) + 257;
        int distanceCount = (int)_input.Take(5) + 1;
        int codeLengthCount = (int)_input.Take(4) + 4;
        if (lengthCount > MostLengths || distanceCount > MostDistances)
        {
            throw new InvalidDataException("a block has more codes than there are symbols");
        }

        Span<byte> codeLengths = stackalloc byte[s_order.Length];
        codeLengths.Clear();
        for (int i = 0; i < codeLengthCount; i++)
        {
            codeLengths[s_order[i]] = (byte)_input.Take(3);
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

        if (!_dynamicLengths.TryBuild(lengths[..lengthCount], mayBeIncomplete: true)
            || !_dynamicDistances.TryBuild(lengths[lengthCount..], mayBeIncomplete: true))
        {
            throw new InvalidDataException("a block has wrong code lengths");
        }
    }

    private void ReadLengths(Span<byte> lengths)
    {
        for (int at = 0; at < lengths.Length;)
        {
            _input.HasBits(14);
            uint entry = _codeLengths.Entries[(int)(_input.Bits & 127)];
            _input.Require((byte)entry);
            _input.Skip((byte)entry);
            uint symbol = entry >> 16;
            if (symbol < 16)
            {
                lengths[at++] = (byte)symbol;
                continue;
            }

            (int count, byte value) = symbol switch
            {
                16 when at == 0 => throw new InvalidDataException("a block repeats a code length that is not there"),
                16 => (3 + (int)_input.Take(2), lengths[at - 1]),
                17 => (3 + (int)_input.Take(3), (byte)0),
                _ => (11 + (int)_input.Take(7), (byte)0),
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
