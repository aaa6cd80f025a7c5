// SPDX-License-Identifier: MIT

namespace OciPS.Compression.Gzip;

/// <summary>The meanings of symbols, packed for decoding: RFC 1951, section 3.2.5.</summary>
/// <remarks>
/// A table entry: bits 0 to 7 are the length of the code with its extra bits, bits 8 to 11 its length without them; from bit 16 on there is
/// the literal, the smallest length or distance, or the index of a second-level table.
/// </remarks>
internal static class DeflateSymbols
{
    public const int LiteralCount = 288;
    public const int DistanceCount = 32;
    public const int EndOfBlock = 256;

    /// <summary>The entry is a literal.</summary>
    public const uint Literal = 0x8000_0000;

    /// <summary>The entry is not a literal, a length or a distance.</summary>
    public const uint Exceptional = 0x8000;

    /// <summary>The entry points to a second-level table; bits 8 to 11 are the number of bits that index it.</summary>
    public const uint SecondTable = 0x4000;

    /// <summary>The end of the block.</summary>
    public const uint End = 0x2000;

    /// <summary>No valid code begins with these bits.</summary>
    public const uint Invalid = Exceptional | 0x1000;

    private static readonly int[] s_lengthBases =
    [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
    ];

    private static readonly int[] s_distanceBases =
    [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289,
        16385, 24577,
    ];

    /// <summary>The entry of each literal and length, without the code's length; 286 and 287 are unused.</summary>
    public static uint[] Lengths { get; } = Enumerable.Range(0, LiteralCount).Select(static symbol => symbol switch
    {
        < EndOfBlock => Literal | ((uint)symbol << 16),
        EndOfBlock => Exceptional | End,
        < 286 => Entry(s_lengthBases[symbol - 257], symbol is < 265 or 285 ? 0 : (symbol - 261) / 4),
        _ => Invalid,
    }).ToArray();

    /// <summary>The entry of each distance, without the code's length; 30 and 31 are unused.</summary>
    public static uint[] Distances { get; } = Enumerable.Range(0, DistanceCount).Select(static symbol =>
        symbol < 30 ? Entry(s_distanceBases[symbol], symbol < 4 ? 0 : (symbol - 2) / 2) : Invalid).ToArray();

    /// <summary>The entry of each code length code: the symbol itself.</summary>
    public static uint[] CodeLengths { get; } = Enumerable.Range(0, 19).Select(static symbol => (uint)symbol << 16).ToArray();

    private static uint Entry(int smallest, int extraBits) => ((uint)smallest << 16) | (uint)extraBits;
}
