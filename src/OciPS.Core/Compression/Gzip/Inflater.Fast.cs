// SPDX-License-Identifier: MIT

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OciPS.Compression.Gzip;

/// <summary>The inner loop. It runs only while input and window have room for all that its turns may read and write.</summary>
internal sealed partial class Inflater
{
    private const uint LengthMask = (1u << BlockHeaderReader.LengthBits) - 1;
    private const uint DistanceMask = (1u << BlockHeaderReader.DistanceBits) - 1;

    /// <summary>Decodes tokens until the window is filled up to <paramref name="end"/>, or the input is nearly used up.</summary>
    /// <returns>Whether the block ends.</returns>
    private bool DecodeFast(int end)
    {
        while (input.Position <= input.End - FastInput && window.End < end)
        {
            int turns = Math.Min((input.End - FastInput - input.Position) / TurnInput, (end - 1 - window.End) / FastOutput) + 1;
            if (DecodeTurns(turns))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Decodes a number of turns. There is input and room for all of them, so no turn checks.</summary>
    /// <returns>Whether the block ends.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool DecodeTurns(int turns)
    {
        // Moving references instead of offsets, so that all of this fits in registers.
        ref byte next = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(input.Bytes), input.Position);
        ref byte to = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(window.Bytes), window.End);
        ref byte start = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(window.Bytes), window.Start);
        ref uint lengths = ref MemoryMarshal.GetArrayDataReference(_headers.Tables);
        ulong bits = input.Bits;
        // Only the lowest byte is used, so that whole entries can be subtracted.
        int count = input.Count;
        bool ended = false;

        bits |= ReadBits(ref next) << count;
        next = ref Unsafe.Add(ref next, 7 - ((count >> 3) & 7));
        count |= 56;
        uint entry = Unsafe.Add(ref lengths, (nint)((uint)bits & LengthMask));
        do
        {
            // Of 56 bits, at most two literals of 11 bits, a length of 20 and the first 8 bits of a distance are used.
            ulong saved = bits;
            bits >>= (int)entry;
            count -= (int)entry;
            if ((int)entry < 0)
            {
                to = (byte)(entry >> 16);
                to = ref Unsafe.Add(ref to, 1);
                entry = Unsafe.Add(ref lengths, (nint)((uint)bits & LengthMask));
                saved = bits;
                bits >>= (int)entry;
                count -= (int)entry;
                if ((int)entry < 0)
                {
                    to = (byte)(entry >> 16);
                    to = ref Unsafe.Add(ref to, 1);
                    entry = Unsafe.Add(ref lengths, (nint)((uint)bits & LengthMask));
                    saved = bits;
                    bits >>= (int)entry;
                    count -= (int)entry;
                    if ((int)entry < 0)
                    {
                        to = (byte)(entry >> 16);
                        to = ref Unsafe.Add(ref to, 1);
                        entry = Unsafe.Add(ref lengths, (nint)((uint)bits & LengthMask));
                        bits |= ReadBits(ref next) << count;
                        next = ref Unsafe.Add(ref next, 7 - ((count >> 3) & 7));
                        count |= 56;
                        continue;
                    }
                }
            }

            if ((entry & DeflateSymbols.Exceptional) != 0)
            {
                if ((entry & DeflateSymbols.SecondTable) != 0)
                {
                    entry = Unsafe.Add(ref lengths, (nint)((entry >> 16) + LowBits(bits, (entry >> 8) & 15)));
                    saved = bits;
                    bits >>= (int)entry;
                    count -= (int)entry;
                    if ((int)entry < 0)
                    {
                        to = (byte)(entry >> 16);
                        to = ref Unsafe.Add(ref to, 1);
                        bits |= ReadBits(ref next) << count;
                        next = ref Unsafe.Add(ref next, 7 - ((count >> 3) & 7));
                        count |= 56;
                        entry = Unsafe.Add(ref lengths, (nint)((uint)bits & LengthMask));
                        continue;
                    }
                }

                if ((entry & DeflateSymbols.Exceptional) != 0)
                {
                    if ((entry & DeflateSymbols.End) == 0)
                    {
                        throw InvalidCode();
                    }

                    ended = true;
                    break;
                }
            }

            nint length = (nint)((entry >> 16) + ((uint)LowBits(saved, entry) >> (int)((entry >> 8) & 15)));

            // A distance of 28 bits and the first 11 of what follows, or 21 and 11.
            entry = Unsafe.Add(ref lengths, (nint)((uint)bits & DistanceMask) + BlockHeaderReader.LengthEntries);
            if ((entry & DeflateSymbols.Exceptional) != 0)
            {
                if ((entry & DeflateSymbols.SecondTable) == 0)
                {
                    throw InvalidCode();
                }

                bits |= ReadBits(ref next) << count;
                next = ref Unsafe.Add(ref next, 7 - ((count >> 3) & 7));
                count |= 56;
                bits >>= (int)entry;
                count -= (int)entry;
                entry = Unsafe.Add(ref lengths, (nint)((entry >> 16) + LowBits(bits, (entry >> 8) & 15)) + BlockHeaderReader.LengthEntries);
                if ((entry & DeflateSymbols.Exceptional) != 0)
                {
                    throw InvalidCode();
                }
            }
            else if ((byte)count < 32)
            {
                bits |= ReadBits(ref next) << count;
                next = ref Unsafe.Add(ref next, 7 - ((count >> 3) & 7));
                count |= 56;
            }

            saved = bits;
            bits >>= (int)entry;
            count -= (int)entry;
            nint distance = (nint)((entry >> 16) + ((uint)LowBits(saved, entry) >> (int)((entry >> 8) & 15)));

            // The next lookup does not depend on the copy, and can overlap with it.
            entry = Unsafe.Add(ref lengths, (nint)((uint)bits & LengthMask));
            bits |= ReadBits(ref next) << count;
            next = ref Unsafe.Add(ref next, 7 - ((count >> 3) & 7));
            count |= 56;
            if (distance > Unsafe.ByteOffset(ref start, ref to))
            {
                throw TooFarBack();
            }

            ref byte from = ref Unsafe.Subtract(ref to, distance);
            ref byte behind = ref Unsafe.Add(ref to, length);
            if (distance >= 16)
            {
                // Most matches are no longer than this: without a loop, there is no branch to mispredict.
                Vector128.LoadUnsafe(ref from).StoreUnsafe(ref to);
                Vector128.LoadUnsafe(ref from, 16).StoreUnsafe(ref to, 16);
                while (length > 32)
                {
                    from = ref Unsafe.Add(ref from, 32);
                    to = ref Unsafe.Add(ref to, 32);
                    Vector128.LoadUnsafe(ref from).StoreUnsafe(ref to);
                    Vector128.LoadUnsafe(ref from, 16).StoreUnsafe(ref to, 16);
                    length -= 32;
                }
            }
            else if (distance == 1)
            {
                var run = Vector128.Create(from);
                do
                {
                    run.StoreUnsafe(ref to);
                    to = ref Unsafe.Add(ref to, 16);
                }
                while (Unsafe.IsAddressLessThan(ref to, ref behind));
            }
            else
            {
                // Of the eight bytes that are copied at a time, those of one distance are right; the rest is overwritten.
                nint step = Math.Min(distance, 8);
                do
                {
                    Unsafe.WriteUnaligned(ref to, Unsafe.ReadUnaligned<ulong>(ref from));
                    from = ref Unsafe.Add(ref from, step);
                    to = ref Unsafe.Add(ref to, step);
                }
                while (Unsafe.IsAddressLessThan(ref to, ref behind));
            }

            to = ref behind;
        }
        while (--turns > 0);

        count &= 0xFF;
        input.Position = (int)Unsafe.ByteOffset(ref MemoryMarshal.GetArrayDataReference(input.Bytes), ref next);
        input.Bits = bits & ((1UL << count) - 1);
        input.Count = count;
        window.End = (int)Unsafe.ByteOffset(ref MemoryMarshal.GetArrayDataReference(window.Bytes), ref to);
        return ended;
    }

    /// <summary>The lowest bits; the lowest byte of an entry is their number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong LowBits(ulong bits, uint entry) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.ZeroHighBits(bits, entry) : bits & ((1UL << (int)entry) - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ReadBits(ref byte at)
    {
        ulong bits = Unsafe.ReadUnaligned<ulong>(ref at);
        return BitConverter.IsLittleEndian ? bits : BinaryPrimitives.ReverseEndianness(bits);
    }
}
