// SPDX-License-Identifier: MIT

namespace OciPS.Compression.Gzip;

/// <summary>Writes the small blocks that join the parts of a spliced stream.</summary>
internal static class DeflateBlockWriter
{
    // An empty block in the fixed code: three bits of header, a seven-bit end-of-block code.
    private const uint EmptyFixed = 0b010;
    private const uint EmptyFixedFinal = 0b011;
    private const int EmptyFixedBits = 10;

    // An empty dynamic block of an odd number of bits: the symbols 0 and 256 and one distance have one-bit codes.
    private const int EmptyDynamicBits = 91;

    /// <summary>Writes empty blocks until the output is at a given bit of a byte.</summary>
    public static void AlignTo(this BitWriter output, int phase)
    {
        if (((phase - output.Phase) & 1) != 0)
        {
            output.WriteEmptyDynamic();
        }

        while (output.Phase != phase)
        {
            output.Write(EmptyFixed, EmptyFixedBits);
        }
    }

    /// <summary>Writes the header of a stored block; its content follows.</summary>
    public static void WriteStoredHeader(this BitWriter output, int length)
    {
        output.Write(0, 3);
        output.AlignToByte();
        output.Write((uint)length | (~(uint)length << 16), 32);
    }

    /// <summary>Writes an empty final block, and completes the last byte of the stream.</summary>
    public static void WriteEnd(this BitWriter output)
    {
        output.Write(EmptyFixedFinal, EmptyFixedBits);
        output.AlignToByte();
    }

    private static void WriteEmptyDynamic(this BitWriter output)
    {
        int before = output.Phase;

        // Not final, dynamic; 257 literals and lengths, 1 distance, 18 lengths of code lengths.
        output.Write(0b100, 3);
        output.Write(0, 5);
        output.Write(0, 5);
        output.Write(18 - 4, 4);

        // In the order of RFC 1951: the third is that of symbol 18, the eighteenth that of symbol 1. Their codes are 1 and 0.
        for (int i = 0; i < 18; i++)
        {
            output.Write(i is 2 or 17 ? 1u : 0u, 3);
        }

        // Lengths: 1, 138 zeros, 117 zeros, 1, and 1 for the distance.
        output.Write(0, 1);
        output.Write(1 | ((138 - 11) << 1), 8);
        output.Write(1 | ((117 - 11) << 1), 8);
        output.Write(0, 2);

        // The end-of-block code, which is 1.
        output.Write(1, 1);
        System.Diagnostics.Debug.Assert(((before + EmptyDynamicBits) & 7) == output.Phase);
    }
}
