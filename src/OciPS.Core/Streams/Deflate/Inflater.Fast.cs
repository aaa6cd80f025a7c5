// SPDX-License-Identifier: MIT

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OciPS.Streams.Deflate;

/// <summary>The loop that most of the time goes into. It checks once a turn that there is room for all that a turn may take and give.</summary>
internal sealed partial class Inflater
{
    private const uint LengthMask = (1u << BlockHeaderReader.LengthBits) - 1;
    private const uint DistanceMask = (1u << BlockHeaderReader.DistanceBits) - 1;

    /// <summary>Decodes tokens until the window is filled up to <paramref name="end"/>, or the input is nearly used up.</summary>
    /// <returns>Whether the block ends.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool DecodeFast(int end)
    {
        // Places that move, and not offsets: so that all of this fits in registers.
        ref byte next = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(input.Bytes), input.Position);
        ref byte last = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(input.Bytes), input.End - FastInput);
        ref byte to = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(window.Bytes), window.End);
        ref byte stop = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(window.Bytes), end);
        ref byte start = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(window.Bytes), window.Start);
        ref uint lengths = ref MemoryMarshal.GetArrayDataReference(_headers.Lengths.Entries);
        ref uint distances = ref MemoryMarshal.GetArrayDataReference(_headers.Distances.Entries);
        ulong bits = input.Bits;
        int count = input.Count;
        bool ended = false;

        while (!Unsafe.IsAddressGreaterThan(ref next, ref last) && Unsafe.IsAddressLessThan(ref to, ref stop))
        {
            bits |= ReadBits(ref next) << count;
            next = ref Unsafe.Add(ref next, (63 - count) >> 3);
            count |= 56;

            // Three literals, a length and the bits that a length takes at most: 3 * 11 + 20 of 56.
            uint entry = Unsafe.Add(ref lengths, (nint)((uint)bits & LengthMask));
            if ((int)entry < 0)
            {
                bits >>= (int)entry;
                count -= (byte)entry;
                to = (byte)(entry >> 16);
                to = ref Unsafe.Add(ref to, 1);
                entry = Unsafe.Add(ref lengths, (nint)((uint)bits & LengthMask));
                if ((int)entry < 0)
                {
                    bits >>= (int)entry;
                    count -= (byte)entry;
                    to = (byte)(entry >> 16);
                    to = ref Unsafe.Add(ref to, 1);
                    entry = Unsafe.Add(ref lengths, (nint)((uint)bits & LengthMask));
                    if ((int)entry < 0)
                    {
                        bits >>= (int)entry;
                        count -= (byte)entry;
                        to = (byte)(entry >> 16);
                        to = ref Unsafe.Add(ref to, 1);
                        continue;
                    }
                }
            }

            if ((entry & DeflateSymbols.Exceptional) != 0)
            {
                if ((entry & DeflateSymbols.SecondTable) != 0)
                {
                    bits >>= (int)entry;
                    count -= (byte)entry;
                    entry = Unsafe.Add(ref lengths, (nint)((entry >> 16) + ((uint)bits & ((1u << (int)((entry >> 8) & 15)) - 1))));
                    if ((int)entry < 0)
                    {
                        bits >>= (int)entry;
                        count -= (byte)entry;
                        to = (byte)(entry >> 16);
                        to = ref Unsafe.Add(ref to, 1);
                        continue;
                    }
                }

                if ((entry & DeflateSymbols.Exceptional) != 0)
                {
                    if ((entry & DeflateSymbols.End) == 0)
                    {
                        throw InvalidCode();
                    }

                    bits >>= (int)entry;
                    count -= (byte)entry;
                    ended = true;
                    break;
                }
            }

            ulong saved = bits;
            bits >>= (int)entry;
            count -= (byte)entry;
            nint length = (nint)((entry >> 16) + ((uint)(saved & ((1UL << (byte)entry) - 1)) >> (int)((entry >> 8) & 15)));

            bits |= ReadBits(ref next) << count;
            next = ref Unsafe.Add(ref next, (63 - count) >> 3);
            count |= 56;
            entry = Unsafe.Add(ref distances, (nint)((uint)bits & DistanceMask));
            if ((entry & DeflateSymbols.Exceptional) != 0)
            {
                if ((entry & DeflateSymbols.SecondTable) == 0)
                {
                    throw InvalidCode();
                }

                bits >>= (int)entry;
                count -= (byte)entry;
                entry = Unsafe.Add(ref distances, (nint)((entry >> 16) + ((uint)bits & ((1u << (int)((entry >> 8) & 15)) - 1))));
                if ((entry & DeflateSymbols.Exceptional) != 0)
                {
                    throw InvalidCode();
                }
            }

            saved = bits;
            bits >>= (int)entry;
            count -= (byte)entry;
            nint distance = (nint)((entry >> 16) + ((uint)(saved & ((1UL << (byte)entry) - 1)) >> (int)((entry >> 8) & 15)));
            if (distance > Unsafe.ByteOffset(ref start, ref to))
            {
                throw TooFarBack();
            }

            ref byte from = ref Unsafe.Subtract(ref to, distance);
            ref byte behind = ref Unsafe.Add(ref to, length);
            if (distance >= 16)
            {
                // Most are no longer than this: without a loop, there is nothing to foretell.
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
                // Of the eight bytes that are copied at a time, those of one distance are right; what is behind is written over.
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

        input.Position = (int)Unsafe.ByteOffset(ref MemoryMarshal.GetArrayDataReference(input.Bytes), ref next);
        input.Bits = bits & ((1UL << count) - 1);
        input.Count = count;
        window.End = (int)Unsafe.ByteOffset(ref MemoryMarshal.GetArrayDataReference(window.Bytes), ref to);
        return ended;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ReadBits(ref byte at)
    {
        ulong bits = Unsafe.ReadUnaligned<ulong>(ref at);
        return BitConverter.IsLittleEndian ? bits : BinaryPrimitives.ReverseEndianness(bits);
    }
}
