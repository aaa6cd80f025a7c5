// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Arm = System.Runtime.Intrinsics.Arm;

namespace OciPS.IO.Hashing;

/// <summary>Gzip's checksum, of bytes that are appended piece by piece.</summary>
/// <remarks>
/// RFC 1952, section 8. Compiled with full optimisation from the first call on: System.IO.Hashing starts at a tenth of its speed, and does
/// not reach full speed within a command that reads one image.
/// </remarks>
internal sealed class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private const int LeastToFold = 64;

    private static readonly uint[] s_table = MakeTable();

    private uint _state = uint.MaxValue;

    /// <summary>The checksum of all appended bytes.</summary>
    public uint Value => ~_state;

    /// <summary>The checksum of some bytes.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => ~Update(uint.MaxValue, bytes);

    public void Append(ReadOnlySpan<byte> bytes) => _state = Update(_state, bytes);

    /// <summary>Starts over.</summary>
    public void Reset() => _state = uint.MaxValue;

    private static uint Update(uint state, ReadOnlySpan<byte> bytes)
    {
        if (Pclmulqdq.IsSupported && bytes.Length >= LeastToFold)
        {
            int folded = bytes.Length & -Vector128<byte>.Count;
            state = Fold(state, bytes[..folded]);
            bytes = bytes[folded..];
        }

        return Arm.Crc32.Arm64.IsSupported ? UpdateByInstruction(state, bytes) : UpdateByTable(state, bytes);
    }

    /// <summary>Folds 64 bytes at a time by multiplication without carries.</summary>
    /// <remarks>
    /// Gopal and others, "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel 2009; the constants are those
    /// for bits in reverse order.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static uint Fold(uint state, ReadOnlySpan<byte> bytes)
    {
        ref byte next = ref MemoryMarshal.GetReference(bytes);
        nint left = bytes.Length - 64;
        Vector128<ulong> a = Vector128.LoadUnsafe(ref next).AsUInt64() ^ Vector128.CreateScalar(state).AsUInt64();
        Vector128<ulong> b = Vector128.LoadUnsafe(ref next, 16).AsUInt64();
        Vector128<ulong> c = Vector128.LoadUnsafe(ref next, 32).AsUInt64();
        Vector128<ulong> d = Vector128.LoadUnsafe(ref next, 48).AsUInt64();
        next = ref Unsafe.Add(ref next, 64);

        Vector128<ulong> by64 = Vector128.Create(0x0154442BD4UL, 0x01C6E41596UL);
        for (; left >= 64; left -= 64)
        {
            a = Next(a, by64, Vector128.LoadUnsafe(ref next).AsUInt64());
            b = Next(b, by64, Vector128.LoadUnsafe(ref next, 16).AsUInt64());
            c = Next(c, by64, Vector128.LoadUnsafe(ref next, 32).AsUInt64());
            d = Next(d, by64, Vector128.LoadUnsafe(ref next, 48).AsUInt64());
            next = ref Unsafe.Add(ref next, 64);
        }

        Vector128<ulong> by16 = Vector128.Create(0x01751997D0UL, 0x00CCAA009EUL);
        a = Next(a, by16, b);
        a = Next(a, by16, c);
        a = Next(a, by16, d);
        for (; left >= 16; left -= 16)
        {
            a = Next(a, by16, Vector128.LoadUnsafe(ref next).AsUInt64());
            next = ref Unsafe.Add(ref next, 16);
        }

        // From 128 bits to 64, and from those to 32 by Barrett's reduction.
        Vector128<ulong> low = Vector128.Create(uint.MaxValue, 0, uint.MaxValue, 0).AsUInt64();
        a = Sse2.ShiftRightLogical128BitLane(a, 8) ^ Pclmulqdq.CarrylessMultiply(a, by16, 0x10);
        a = Sse2.ShiftRightLogical128BitLane(a, 4) ^ Pclmulqdq.CarrylessMultiply(a & low, Vector128.CreateScalar(0x0163CD6124UL), 0x00);
        Vector128<ulong> barrett = Vector128.Create(0x01DB710641UL, 0x01F7011641UL);
        Vector128<ulong> quotient = Pclmulqdq.CarrylessMultiply(a & low, barrett, 0x10);
        return (a ^ Pclmulqdq.CarrylessMultiply(quotient & low, barrett, 0x00)).AsUInt32().GetElement(1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Next(Vector128<ulong> sum, Vector128<ulong> by, Vector128<ulong> bytes) =>
        Pclmulqdq.CarrylessMultiply(sum, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(sum, by, 0x11) ^ bytes;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static uint UpdateByInstruction(uint state, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            state = Arm.Crc32.Arm64.ComputeCrc32(state, word);
        }

        foreach (byte value in bytes[(words.Length * sizeof(ulong))..])
        {
            state = Arm.Crc32.ComputeCrc32(state, value);
        }

        return state;
    }

    private static uint UpdateByTable(uint state, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            state = s_table[(byte)(state ^ value)] ^ (state >> 8);
        }

        return state;
    }

    private static uint[] MakeTable()
    {
        uint[] table = new uint[256];
        for (uint value = 0; value < table.Length; value++)
        {
            uint sum = value;
            for (int bit = 0; bit < 8; bit++)
            {
                sum = (sum >> 1) ^ ((sum & 1) * Polynomial);
            }

            table[value] = sum;
        }

        return table;
    }
}
