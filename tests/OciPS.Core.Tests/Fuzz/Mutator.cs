// SPDX-License-Identifier: MIT

using System.Buffers.Binary;

namespace OciPS.Core.Tests.Fuzz;

/// <summary>Changes bytes as damage, carelessness and malice do; the same seed makes the same change.</summary>
internal static class Mutator
{
    private const int LargestResult = 256 * 1024;

    public static readonly byte[] Bytes = [0, 1, 0x20, 0x2F, 0x30, 0x37, 0x7F, 0x80, 0xC0, 0xFE, 0xFF];
    public static readonly long[] Numbers = [
        0, 1, 2, 511, 512, 513, short.MaxValue, ushort.MaxValue, int.MaxValue, uint.MaxValue, long.MaxValue, -1, int.MinValue,
        long.MinValue];

    /// <summary>Makes one to four changes.</summary>
    /// <param name="random">Decides.</param>
    /// <param name="bytes">What to change.</param>
    /// <param name="other">Another of its kind, to take parts of.</param>
    public static byte[] Mutate(Random random, byte[] bytes, byte[] other)
    {
        byte[] changed = bytes.ToArray();
        for (int left = random.Next(1, 5); left > 0; left--)
        {
            changed = Change(random, changed, other);
        }

        return changed.Length > LargestResult ? changed[..LargestResult] : changed;
    }

    private static byte[] Change(Random random, byte[] bytes, byte[] other)
    {
        int at = random.Next(bytes.Length + 1);
        int end = Math.Min(bytes.Length, at + random.Next(1, 1 + random.Next(1, 700)));
        switch (random.Next(10))
        {
            case 0 when at < bytes.Length:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1 when at < bytes.Length:
                bytes[at] = Bytes[random.Next(Bytes.Length)];
                return bytes;
            case 2 when at < bytes.Length:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 3:
                return bytes[..at];
            case 4:
                return [.. bytes[..at], .. bytes[end..]];
            case 5:
                return [.. bytes[..end], .. bytes[at..]];
            case 6:
                int from = random.Next(other.Length + 1);
                return [.. bytes[..at], .. other[from..]];
            case 7:
                int part = random.Next(other.Length + 1);
                return [.. bytes[..at], .. other[part..Math.Min(other.Length, part + 512)], .. bytes[end..]];
            case 8:
                bytes.AsSpan(at, end - at).Fill(Bytes[random.Next(Bytes.Length)]);
                return bytes;
            default:
                PutNumber(random, bytes.AsSpan(at));
                return bytes;
        }
    }

    private static void PutNumber(Random random, Span<byte> place)
    {
        long number = Numbers[random.Next(Numbers.Length)];
        Span<byte> bytes = stackalloc byte[8];
        if (random.Next(2) == 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
            bytes = bytes[..(1 << random.Next(4))];
        }
        else
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes, number);
            bytes = bytes[^(1 << random.Next(4))..];
        }

        bytes[..Math.Min(bytes.Length, place.Length)].CopyTo(place);
    }
}
