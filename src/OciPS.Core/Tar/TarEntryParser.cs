// SPDX-License-Identifier: MIT

using System.Globalization;

namespace OciPS.Tar;

/// <summary>Creates an entry from its header, its extended headers and the global records in force.</summary>
internal static class TarEntryParser
{
    // Larger sizes overflow when they are padded and summed; no storage holds them.
    private const long MaximumSize = 1L << 60;

    // No system opens a deeper path, and checking each parent folder takes quadratic time.
    private const int MaximumDepth = 4096;

    /// <summary>Creates the entry, or describes the error.</summary>
    public static (TarEntry? Entry, string? Error) Parse(
        TarHeader header, PendingHeaders pending, PaxRecords global, SparseMap? sparse, int mapLength, long contentStart, int ordinal)
    {
        var records = new EffectivePaxRecords(global, pending.Records);
        if (!TryGetNames(header, pending, records, out string rawName, out string link))
        {
            return (null, "has a name with a NUL in it");
        }

        if (rawName.AsSpan().Count('/') >= MaximumDepth || link.AsSpan().Count('/') >= MaximumDepth)
        {
            return (null, $"has a name of more than {MaximumDepth} parts");
        }

        string name = TarPath.Clean(rawName);
        TarEntryType type = GetEntryType(header.TypeFlag, rawName, name);
        if (!TryGetStoredSize(header, records, out long storedSize) || storedSize > MaximumSize)
        {
            return (null, "has a size that is not a number, negative or too large");
        }

        if (HasNoContent(header.TypeFlag))
        {
            storedSize = 0;
        }

        return (new TarEntry
        {
            Name = name,
            HasUnsafeName = !ReferenceEquals(name, rawName) && TarPath.IsUnsafe(rawName),
            Type = type,
            Size = sparse?.RealSize ?? (type is TarEntryType.File or TarEntryType.Other ? storedSize : 0),
            Mode = header.TryGetMode(out long mode) ? (int)(mode & 0xFFF) : 0,
            Uid = Number(records, "uid", header.TryGetUid(out long uid) ? uid : 0),
            Gid = Number(records, "gid", header.TryGetGid(out long gid) ? gid : 0),
            LastWriteTime = Time(records.Find("mtime"), header.TryGetLastWriteTime(out long time) ? time : 0),
            LinkTarget = type is TarEntryType.SymbolicLink or TarEntryType.HardLink ? link : string.Empty,
            Ordinal = ordinal,
            Start = pending.Start,
            ContentStart = contentStart,
            StoredSize = storedSize,
            MapLength = mapLength,
            Sparse = sparse,
            Global = global,
        }, null);
    }

    public static bool TryGetStoredSize(TarHeader header, EffectivePaxRecords records, out long size) =>
        records.Find("size") is { } text
            ? long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size)
            : header.TryGetSize(out size) || HasNoContent(header.TypeFlag);

    /// <summary>Whether entries of this type have no content, whatever their size field says.</summary>
    public static bool HasNoContent(char typeFlag) => typeFlag is '1' or '2' or '3' or '4' or '5' or '6';

    private static bool TryGetNames(TarHeader header, PendingHeaders pending, EffectivePaxRecords records, out string name, out string link)
    {
        name = records.Find("GNU.sparse.name") ?? records.Find("path") ?? pending.Name ?? Join(header.Prefix, header.Name);
        link = records.Find("linkpath") ?? pending.LinkName ?? TarText.Decode(header.LinkName);
        return !name.Contains('\0', StringComparison.Ordinal) && !link.Contains('\0', StringComparison.Ordinal);
    }

    private static string Join(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> name) =>
        prefix.IsEmpty ? TarText.Decode(name) : TarText.Decode(prefix) + "/" + TarText.Decode(name);

    private static TarEntryType GetEntryType(char flag, string rawName, string name)
    {
        TarEntryType type = flag switch
        {
            '\0' or '0' or '7' => rawName.EndsWith('/') ? TarEntryType.Directory : TarEntryType.File,
            'S' => TarEntryType.File,
            '1' => TarEntryType.HardLink,
            '2' => TarEntryType.SymbolicLink,
            '3' => TarEntryType.CharacterDevice,
            '4' => TarEntryType.BlockDevice,
            '5' => TarEntryType.Directory,
            '6' => TarEntryType.Fifo,
            _ => TarEntryType.Other,
        };
        return TarPath.IsWhiteout(name) ? TarEntryType.Whiteout : type;
    }

    private static long Number(EffectivePaxRecords records, string key, long fallback) =>
        long.TryParse(records.Find(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : fallback;

    private static DateTimeOffset Time(string? record, long seconds)
    {
        decimal time = decimal.TryParse(
            record, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal exact)
            ? exact
            : seconds;
        decimal ticks = Math.Clamp(time, -62_135_596_800m, 253_402_300_799m) * TimeSpan.TicksPerSecond;
        return DateTimeOffset.UnixEpoch.AddTicks((long)Math.Floor(ticks));
    }
}
