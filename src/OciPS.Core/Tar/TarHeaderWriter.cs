// SPDX-License-Identifier: MIT

using System.Buffers.Binary;
using System.Text;

namespace OciPS.Tar;

/// <summary>Creates header blocks for new entries.</summary>
/// <remarks>POSIX.1 pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format", for sizes that do not fit octal digits.</remarks>
internal static class TarHeaderWriter
{
    private const int NameLength = 100;
    private const int ModeOffset = 100;
    private const int LinkOffset = 157;
    private const int SizeOffset = 124;
    private const int SizeLength = 12;
    private const long FirstLargeSize = 1L << 33;

    private static ReadOnlySpan<byte> UstarMagic => "ustar\000"u8;

    /// <summary>The mode of a file that everybody may read.</summary>
    public static readonly int DefaultMode = Convert.ToInt32("644", 8);

    /// <summary>The headers of a world-readable regular file, with owner and time 0, so that the output is reproducible.</summary>
    public static byte[] FromFile(string name, long size) => FromFile(name, size, DefaultMode);

    /// <inheritdoc cref="FromFile(string, long)"/>
    public static byte[] FromFile(string name, long size, int mode) => FromEntry('0', name, string.Empty, size, mode);

    /// <summary>The headers of a folder.</summary>
    public static byte[] FromDirectory(string name) => FromEntry('5', name + "/", string.Empty, 0, Convert.ToInt32("755", 8));

    /// <summary>The headers of a symbolic link; its mode is meaningless.</summary>
    public static byte[] FromSymbolicLink(string name, string target) => FromEntry('2', name, target, 0, 0);

    private static byte[] FromEntry(char type, string name, string link, long size, int mode)
    {
        using var bytes = new MemoryStream();
        PaxRecords records = PaxRecords.Empty;
        records = TarText.Encode(name).Length > NameLength ? records.With("path", name) : records;
        records = TarText.Encode(link).Length > NameLength ? records.With("linkpath", link) : records;
        if (records.Count > 0)
        {
            WritePax(bytes, name, records);
        }

        byte[] block = NewBlock(name, type, UstarMagic);
        Put(block.AsSpan(LinkOffset, NameLength), link);
        Encoding.ASCII.GetBytes(Convert.ToString(mode, 8).PadLeft(7, '0'), block.AsSpan(ModeOffset));
        SetSize(block, size);
        TarHeader.SetChecksum(block);
        bytes.Write(block);
        return bytes.ToArray();
    }

    /// <summary>Writes records that apply to the next entry.</summary>
    /// <param name="output">The destination.</param>
    /// <param name="name">The entry's name.</param>
    /// <param name="records">The records.</param>
    /// <param name="block">Their former header in another archive; null creates one.</param>
    public static void WritePax(Stream output, string name, PaxRecords records, byte[]? block = null) =>
        WriteExtended(output, block ?? NewBlock("PaxHeaders/" + TarPath.GetName(TarPath.Clean(name)), 'x', UstarMagic), records.ToBytes());

    /// <summary>Writes a long name (<c>L</c>) or a long link target (<c>K</c>) as GNU tar does.</summary>
    public static void WriteGnu(Stream output, char type, string text) =>
        WriteExtended(output, NewBlock("././@LongLink", type, "ustar  \0"u8), [.. TarText.Encode(text), 0]);

    private static void WriteExtended(Stream output, byte[] block, byte[] content)
    {
        SetSize(block, content.Length);
        TarHeader.SetChecksum(block);
        output.Write(block);
        output.Write(content);
        output.Write(new byte[TarEntry.Pad(content.Length) - content.Length]);
    }

    // GNU tar, Python and SharpZipLib all read base 256; SharpZipLib does not support the pax record for the size.
    private static void SetSize(Span<byte> block, long size)
    {
        Span<byte> field = block.Slice(SizeOffset, SizeLength);
        if (size < FirstLargeSize)
        {
            Encoding.ASCII.GetBytes(Convert.ToString(size, 8).PadLeft(SizeLength - 1, '0') + "\0", field);
            return;
        }

        field.Clear();
        field[0] = 0x80;
        BinaryPrimitives.WriteInt64BigEndian(field[^8..], size);
    }

    private static byte[] NewBlock(string name, char type, ReadOnlySpan<byte> magic)
    {
        byte[] block = new byte[TarHeader.BlockSize];
        Put(block.AsSpan(0, NameLength), name);
        "0000644\0"u8.CopyTo(block.AsSpan(100));
        "0000000\0"u8.CopyTo(block.AsSpan(108));
        "0000000\0"u8.CopyTo(block.AsSpan(116));
        "00000000000\0"u8.CopyTo(block.AsSpan(136));
        block[156] = (byte)type;
        magic.CopyTo(block.AsSpan(257));
        return block;
    }

    private static void Put(Span<byte> field, string text)
    {
        byte[] bytes = TarText.Encode(text);
        bytes.AsSpan(0, Math.Min(bytes.Length, field.Length)).CopyTo(field);
    }
}
