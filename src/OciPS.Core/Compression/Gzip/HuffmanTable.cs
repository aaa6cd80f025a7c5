// SPDX-License-Identifier: MIT

using System.Numerics;

namespace OciPS.Compression.Gzip;

/// <summary>Decodes a Huffman code by its next bits: a first-level table for short codes, second-level tables for longer ones.</summary>
internal sealed class HuffmanTable
{
    public const int LongestCode = 15;

    private readonly int _firstBits;
    private readonly Memory<uint> _entries;
    private readonly uint[] _symbols;
    private readonly int[] _counts = new int[LongestCode + 1];
    private readonly int[] _sorted;

    /// <param name="firstBits">The number of bits that index the first level.</param>
    /// <param name="entries">The memory for the table: as much as the largest code needs.</param>
    /// <param name="symbols">The entry of each symbol, without its code's length.</param>
    public HuffmanTable(int firstBits, Memory<uint> entries, uint[] symbols)
    {
        _firstBits = firstBits;
        _entries = entries;
        _symbols = symbols;
        _sorted = new int[symbols.Length];
    }

    public Span<uint> Entries => _entries.Span;

    /// <summary>The end-of-block code, first bit lowest.</summary>
    public uint EndCode { get; private set; }

    /// <summary>The length of that code in bits; 0 if there is none.</summary>
    public int EndLength { get; private set; }

    /// <summary>Builds the table of a code from the code length of each symbol.</summary>
    /// <param name="lengths">The lengths; 0 for an unused symbol.</param>
    /// <param name="mayBeIncomplete">Whether an empty code, or a single one-bit code, is valid.</param>
    /// <returns>False if the code is oversubscribed or incomplete.</returns>
    public bool TryBuild(ReadOnlySpan<byte> lengths, bool mayBeIncomplete)
    {
        EndLength = 0;
        int longest = Count(lengths);
        long left = 1L << LongestCode;
        for (int length = 1; length <= LongestCode; length++)
        {
            left -= (long)_counts[length] << (LongestCode - length);
        }

        if (left < 0 || (left > 0 && !(mayBeIncomplete && longest <= 1)))
        {
            return false;
        }

        if (left > 0)
        {
            Entries[..(1 << _firstBits)].Fill(DeflateSymbols.Invalid);
        }

        Sort(lengths);
        Fill(longest);
        return true;
    }

    private int Count(ReadOnlySpan<byte> lengths)
    {
        Array.Clear(_counts);
        int longest = 0;
        foreach (byte length in lengths)
        {
            _counts[length]++;
            longest = Math.Max(longest, length);
        }

        return longest;
    }

    /// <summary>Sorts symbols by their codes; those without one come first.</summary>
    private void Sort(ReadOnlySpan<byte> lengths)
    {
        Span<int> next = stackalloc int[LongestCode + 2];
        next[0] = 0;
        for (int length = 0; length <= LongestCode; length++)
        {
            next[length + 1] = next[length] + _counts[length];
        }

        for (int symbol = 0; symbol < lengths.Length; symbol++)
        {
            _sorted[next[lengths[symbol]]++] = symbol;
        }
    }

    private void Fill(int longest)
    {
        Span<uint> entries = Entries;
        int index = _counts[0];
        uint code = 0;
        int filled = 1;
        for (int length = 1; length <= _firstBits; length++)
        {
            // The filled part is repeated for both values of the next bit.
            entries[..filled].CopyTo(entries[filled..]);
            filled <<= 1;
            for (int count = _counts[length]; count > 0; count--)
            {
                int symbol = _sorted[index++];
                NoteEnd(symbol, code, length);
                entries[(int)code] = Entry(symbol, length);
                code = Next(code, length);
            }
        }

        if (longest > _firstBits)
        {
            FillSecond(index, code, longest);
        }
    }

    private void FillSecond(int index, uint code, int longest)
    {
        Span<uint> entries = Entries;
        int second = 0;
        int secondBits = 0;
        uint prefix = uint.MaxValue;
        int nextTable = 1 << _firstBits;
        uint firstMask = (1u << _firstBits) - 1;
        for (int length = _firstBits + 1; length <= longest; length++)
        {
            for (int count = _counts[length]; count > 0; count--)
            {
                int symbol = _sorted[index++];
                NoteEnd(symbol, code, length);
                if ((code & firstMask) != prefix)
                {
                    prefix = code & firstMask;
                    second = nextTable;
                    secondBits = SecondBits(length, count);
                    nextTable += 1 << secondBits;
                    entries[(int)prefix] = DeflateSymbols.Exceptional | DeflateSymbols.SecondTable | ((uint)second << 16)
                        | ((uint)secondBits << 8) | (uint)_firstBits;
                }

                Repeat(entries.Slice(second, 1 << secondBits), code >> _firstBits, length - _firstBits, Entry(symbol, length - _firstBits));
                code = Next(code, length);
            }
        }
    }

    private void NoteEnd(int symbol, uint code, int length)
    {
        if (symbol == DeflateSymbols.EndOfBlock)
        {
            (EndCode, EndLength) = (code, length);
        }
    }

    private uint Entry(int symbol, int length) => _symbols[symbol] + ((uint)length << 8) + (uint)length;

    private static void Repeat(Span<uint> table, uint code, int length, uint entry)
    {
        for (int at = (int)code; at < table.Length; at += 1 << length)
        {
            table[at] = entry;
        }
    }

    /// <summary>The number of index bits of the second-level table for this code and the next ones with the same prefix.</summary>
    private int SecondBits(int length, int countOfLength)
    {
        int bits = length - _firstBits;
        int used = countOfLength;
        while (used < 1 << bits && _firstBits + bits < LongestCode)
        {
            bits++;
            used = (used << 1) + _counts[_firstBits + bits];
        }

        return bits;
    }

    /// <summary>The next code of this length, first bit lowest.</summary>
    private static uint Next(uint code, int length)
    {
        // The increment carries from the last bit towards the first.
        uint zeros = ~code & ((1u << length) - 1);
        if (zeros == 0)
        {
            return 0;
        }

        uint bit = 1u << BitOperations.Log2(zeros);
        return (code & (bit - 1)) | bit;
    }
}
