// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Text;

namespace OciPS.Core.Tests.Support;

/// <summary>Makes and damages single blocks of tars, apart from the code under test.</summary>
internal static class TarBlocks
{
    public static byte[] End { get; } = new byte[1024];

    /// <summary>A ustar header and its padded content.</summary>
    public static byte[] Entry(string name, char type = '0', ReadOnlySpan<byte> content = default, Action<byte[]>? change = null)
    {
        byte[] block = new byte[512 + ((content.Length + 511) / 512 * 512)];
        Put(block, 0, name);
        Put(block, 100, "0000644\0");
        Put(block, 108, "0000000\0");
        Put(block, 116, "0000000\0");
        Put(block, 124, Octal(content.Length));
        Put(block, 136, "00000000000\0");
        block[156] = (byte)type;
        Put(block, 257, "ustar\000");
        content.CopyTo(block.AsSpan(512));
        change?.Invoke(block);
        Seal(block, 0);
        return block;
    }

    /// <summary>A pax header with these records.</summary>
    public static byte[] Pax(params string[] records) =>
        Entry("PaxHeaders/x", 'x', Encoding.UTF8.GetBytes(string.Concat(records.Select(Record))));

    public static string Record(string record)
    {
        int length = Encoding.UTF8.GetByteCount(record) + 2;
        int digits = 1;
        while ((length + digits).ToString(CultureInfo.InvariantCulture).Length > digits)
        {
            digits++;
        }

        return $"{length + digits} {record}\n";
    }

    public static void Put(byte[] bytes, int offset, string text) => Encoding.UTF8.GetBytes(text).CopyTo(bytes, offset);

    public static string Octal(long number) => Convert.ToString(number, 8).PadLeft(11, '0') + "\0";

    /// <summary>Writes the checksum that fits a header.</summary>
    public static void Seal(byte[] tar, int offset)
    {
        Put(tar, offset + 148, "        ");
        int sum = tar.AsSpan(offset, 512).ToArray().Sum(part => part);
        Put(tar, offset + 148, Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ");
    }
}
