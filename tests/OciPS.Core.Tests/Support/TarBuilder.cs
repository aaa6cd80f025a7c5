// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Text;

namespace OciPS.Core.Tests.Support;

/// <summary>Makes archives block by block, wrong ones too.</summary>
internal sealed class TarBuilder
{
    private readonly List<byte> _bytes = [];

    /// <summary>A header; fields take their text as it is.</summary>
    public static byte[] Header(string name, char type = '0', string size = "00000000000", string link = "", string magic = "ustar\00000")
    {
        byte[] block = new byte[512];
        Put(block, 0, name);
        Put(block, 100, "0000644\0" + "0000000\0" + "0000000\0" + size.PadRight(12, '\0') + "00000000000\0");
        block[156] = (byte)type;
        Put(block, 157, link);
        Put(block, 257, magic);
        return Sum(block);
    }

    /// <summary>Writes the checksum that fits the rest of a header.</summary>
    public static byte[] Sum(byte[] block)
    {
        block.AsSpan(148, 8).Fill((byte)' ');
        Put(block, 148, Convert.ToString(block.Sum(one => one), 8).PadLeft(6, '0') + "\0 ");
        return block;
    }

    public static byte[] Pad(byte[] content) => [.. content, .. new byte[(512 - (content.Length % 512)) % 512]];

    public static string Octal(long number) => Convert.ToString(number, 8).PadLeft(11, '0');

    /// <summary>A pax record with its length.</summary>
    public static byte[] Record(string key, string value)
    {
        byte[] rest = Encoding.UTF8.GetBytes($" {key}={value}\n");
        int length = rest.Length + 1;
        while (length != rest.Length + length.ToString(CultureInfo.InvariantCulture).Length)
        {
            length = rest.Length + length.ToString(CultureInfo.InvariantCulture).Length;
        }

        return [.. Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture)), .. rest];
    }

    public TarBuilder Raw(params IEnumerable<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public TarBuilder Add(string name, byte[]? content = null, char type = '0', string link = "") =>
        Raw(Header(name, type, Octal(content?.Length ?? 0), link)).Raw(Pad(content ?? []));

    public TarBuilder Pax(params (string Key, string Value)[] records) =>
        Extended('x', Sample.Concat(records.Select(record => Record(record.Key, record.Value))));

    public TarBuilder Global(params (string Key, string Value)[] records) =>
        Extended('g', Sample.Concat(records.Select(record => Record(record.Key, record.Value))));

    public TarBuilder Extended(char type, byte[] content) => Add("extended", content, type);

    /// <summary>The archive with the two blocks that end it.</summary>
    public byte[] ToBytes(bool end = true) => [.. _bytes, .. end ? new byte[1024] : []];

    private static void Put(byte[] block, int offset, string text) => Encoding.Latin1.GetBytes(text).CopyTo(block.AsSpan(offset));
}
