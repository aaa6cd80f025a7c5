// SPDX-License-Identifier: MIT

using OciPS.Tar;

namespace OciPS.Layers.Listings;

/// <summary>The file format of a layer's entries: one after the other, in the layer's order.</summary>
internal static class ListingFormat
{
    /// <summary>Identifies the format version; files of other versions are ignored.</summary>
    public static ReadOnlySpan<byte> Magic => "OciPS layer 3\n"u8;

    /// <summary>Precedes each entry; 0 follows the last one.</summary>
    public const byte EntryMark = 1;

    public static void Write(BinaryWriter output, TarEntry entry, int global)
    {
        output.Write(EntryMark);
        WriteText(output, entry.Name);
        output.Write(entry.HasUnsafeName);
        output.Write((byte)entry.Type);
        output.Write7BitEncodedInt64(entry.Size);
        output.Write7BitEncodedInt(entry.Mode);
        output.Write7BitEncodedInt64(entry.Uid);
        output.Write7BitEncodedInt64(entry.Gid);
        output.Write(entry.LastWriteTime.UtcTicks);
        WriteText(output, entry.LinkTarget);
        output.Write7BitEncodedInt64(entry.Start);
        output.Write7BitEncodedInt64(entry.ContentStart);
        output.Write7BitEncodedInt64(entry.StoredSize);
        output.Write7BitEncodedInt(entry.MapLength);
        output.Write7BitEncodedInt(global);
        Write(output, entry.Sparse);
    }

    public static TarEntry Read(BinaryReader input, int ordinal, Func<int, PaxRecords> getGlobal)
    {
        string name = ReadText(input);
        bool isUnsafe = input.ReadBoolean();
        var type = (TarEntryType)input.ReadByte();
        long size = input.Read7BitEncodedInt64();
        int mode = input.Read7BitEncodedInt();
        long uid = input.Read7BitEncodedInt64();
        long gid = input.Read7BitEncodedInt64();
        var time = new DateTimeOffset(input.ReadInt64(), TimeSpan.Zero);
        return new TarEntry
        {
            Name = name,
            HasUnsafeName = isUnsafe,
            Type = type,
            Size = size,
            Mode = mode,
            Uid = uid,
            Gid = gid,
            LastWriteTime = time,
            LinkTarget = ReadText(input),
            Ordinal = ordinal,
            Start = input.Read7BitEncodedInt64(),
            ContentStart = input.Read7BitEncodedInt64(),
            StoredSize = input.Read7BitEncodedInt64(),
            MapLength = input.Read7BitEncodedInt(),
            Global = getGlobal(input.Read7BitEncodedInt()),
            Sparse = ReadSparse(input),
        };
    }

    public static void WriteBytes(BinaryWriter output, ReadOnlySpan<byte> bytes)
    {
        output.Write7BitEncodedInt(bytes.Length);
        output.Write(bytes);
    }

    public static byte[] ReadBytes(BinaryReader input) => input.ReadBytes(input.Read7BitEncodedInt());

    private static void WriteText(BinaryWriter output, string text)
    {
        Span<byte> bytes = stackalloc byte[256];
        WriteBytes(output, TarText.TryEncode(text, bytes, out int length) ? bytes[..length] : TarText.Encode(text));
    }

    private static string ReadText(BinaryReader input) => TarText.Decode(ReadBytes(input));

    private static void Write(BinaryWriter output, SparseMap? sparse)
    {
        output.Write7BitEncodedInt(sparse is null ? 0 : sparse.Parts.Count + 1);
        if (sparse is null)
        {
            return;
        }

        output.Write7BitEncodedInt64(sparse.RealSize);
        foreach (SparseMap.Part part in sparse.Parts)
        {
            output.Write7BitEncodedInt64(part.Offset);
            output.Write7BitEncodedInt64(part.Length);
        }
    }

    private static SparseMap? ReadSparse(BinaryReader input)
    {
        int count = input.Read7BitEncodedInt() - 1;
        if (count < 0)
        {
            return null;
        }

        long realSize = input.Read7BitEncodedInt64();
        var parts = new SparseMap.Part[count];
        for (int i = 0; i < count; i++)
        {
            parts[i] = new SparseMap.Part(input.Read7BitEncodedInt64(), input.Read7BitEncodedInt64());
        }

        return new SparseMap(parts, realSize);
    }
}
