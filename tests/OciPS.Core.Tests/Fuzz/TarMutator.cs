// SPDX-License-Identifier: MIT

using System.Buffers.Binary;
using System.Text;

namespace OciPS.Core.Tests.Fuzz;

/// <summary>Changes archives so that readers get further than the first checksum.</summary>
internal static class TarMutator
{
    private const int TypeField = 156;

    private static readonly (int Start, int Length)[] s_fields =
        [
            (0, 100), (100, 8), (108, 8), (116, 8), (124, 12), (124, 12), (136, 12), (TypeField, 1), (TypeField, 1), (157, 100), (257, 8),
            (345, 155), (386, 96), (482, 1), (483, 12)];

    /// <summary>
    /// Changes fields of tar headers, and mostly makes their checksums right again, so that readers go on to what is behind them.
    /// </summary>
    public static byte[] Mutate(Random random, byte[] bytes, byte[] other)
    {
        byte[] changed = random.Next(3) > 0 ? ChangeFields(random, bytes.ToArray()) : Mutator.Mutate(random, bytes, other);
        if (random.Next(8) > 0)
        {
            RepairChecksums(changed);
        }

        return changed;
    }

    private static byte[] ChangeFields(Random random, byte[] tar)
    {
        int[] headers = Enumerable.Range(0, tar.Length / 512).Select(block => block * 512).Where(at => IsHeader(tar.AsSpan(at, 512)))
            .ToArray();
        for (int left = headers.Length == 0 ? 0 : random.Next(1, 4); left > 0; left--)
        {
            Span<byte> header = tar.AsSpan(headers[random.Next(headers.Length)], 512);
            (int start, int length) = s_fields[random.Next(s_fields.Length)];
            Span<byte> field = header.Slice(start, length);
            switch (random.Next(6))
            {
                case 0:
                    field[random.Next(length)] = Mutator.Bytes[random.Next(Mutator.Bytes.Length)];
                    break;
                case 1:
                    random.NextBytes(field);
                    break;
                case 2:
                    field.Clear();
                    break;
                case 3 when start == TypeField:
                    field[0] = (byte)"01234567SxgLKDMVNA\0"[random.Next(19)];
                    break;
                case 4 when length >= 8:
                    field.Clear();
                    field[0] = (byte)(random.Next(2) == 0 ? 0x80 : 0xFF);
                    BinaryPrimitives.WriteInt64BigEndian(field[^8..], Mutator.Numbers[random.Next(Mutator.Numbers.Length)]);
                    field[0] |= 0x80;
                    break;
                default:
                    string octal = Convert.ToString(Mutator.Numbers[random.Next(Mutator.Numbers.Length)], 8);
                    Encoding.ASCII.GetBytes(
                        octal[^Math.Min(octal.Length, length)..].PadLeft(Math.Max(1, length - random.Next(2)), '0'), field);
                    break;
            }
        }

        return random.Next(4) == 0 ? ChangeContent(random, tar, headers) : tar;
    }

    // Records of extended headers and maps of sparse files are content.
    private static byte[] ChangeContent(Random random, byte[] tar, int[] headers)
    {
        int at = headers[random.Next(headers.Length)] + 512 + random.Next(80);
        if (at < tar.Length)
        {
            tar[at] = random.Next(2) == 0 ? (byte)"0123456789 =\n-,\0"[random.Next(16)] : Mutator.Bytes[random.Next(Mutator.Bytes.Length)];
        }

        return tar;
    }

    private static void RepairChecksums(byte[] tar)
    {
        for (int at = 0; at + 512 <= tar.Length; at += 512)
        {
            Span<byte> block = tar.AsSpan(at, 512);
            if (IsHeader(block))
            {
                block.Slice(148, 8).Fill((byte)' ');
                int sum = 0;
                foreach (byte one in block)
                {
                    sum += one;
                }

                Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ", block[148..]);
            }
        }
    }

    private static bool IsHeader(ReadOnlySpan<byte> block) =>
        block[257..262].SequenceEqual("ustar"u8) || !block[148..154].ContainsAnyExceptInRange((byte)'0', (byte)'7');
}
