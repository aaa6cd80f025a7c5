// SPDX-License-Identifier: MIT

using System.Buffers.Text;
using System.Globalization;

namespace OciPS.Tar;

/// <summary>Reads the maps of sparse files in each of GNU tar's formats.</summary>
/// <remarks>GNU tar manual, "Storing Sparse Files".</remarks>
internal static class SparseMapReader
{
    /// <summary>The size in bytes of an entry of the old format's map: offset and length.</summary>
    public const int OldEntrySize = 24;

    /// <summary>The number of entries in a continuation block of the old format's map.</summary>
    public const int OldEntriesPerBlock = 21;

    /// <summary>Reads entries of the old format's map; an empty one ends the map.</summary>
    public static bool TryReadOld(ReadOnlySpan<byte> bytes, List<SparseMap.Part> parts)
    {
        for (; bytes.Length >= OldEntrySize && bytes[0] != 0; bytes = bytes[OldEntrySize..])
        {
            if (!TarHeader.TryParseNumber(bytes[..12], out long offset) || !TarHeader.TryParseNumber(bytes[12..24], out long length))
            {
                return false;
            }

            parts.Add(new SparseMap.Part(offset, length));
        }

        return true;
    }

    /// <summary>Reads the map of formats 0.0 and 0.1 from the extended header.</summary>
    public static bool TryReadRecords(EffectivePaxRecords records, List<SparseMap.Part> parts)
    {
        IEnumerable<string> numbers = records.Find("GNU.sparse.map") is { } map
            ? map.Split(',')
            : records.FindAll("GNU.sparse.offset", "GNU.sparse.numbytes").Select(record => record.Value);
        long? offset = null;
        foreach (string text in numbers)
        {
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            {
                return false;
            }

            if (offset is { } start)
            {
                parts.Add(new SparseMap.Part(start, number));
            }

            offset = offset is null ? number : null;
        }

        return offset is null;
    }

    /// <summary>Reads the map of format 1.0, which precedes the content: numbers, one per line.</summary>
    /// <param name="bytes">The content from its beginning.</param>
    /// <param name="parts">Receives the parts; cleared first.</param>
    /// <param name="missing">The number of lines of the map beyond these bytes.</param>
    /// <returns>The size of the map in bytes; 0 if it continues beyond these bytes; -1 if it is invalid.</returns>
    public static int ReadLines(ReadOnlySpan<byte> bytes, List<SparseMap.Part> parts, out long missing)
    {
        parts.Clear();
        int position = 0;
        int next = ReadLine(bytes, ref position, out long count);
        missing = next > 0 ? 2 * Math.Min(count, long.MaxValue / 2) : 1;
        long offset = 0;
        while (next > 0 && missing > 0)
        {
            next = ReadLine(bytes, ref position, out long number);
            if (next <= 0)
            {
                break;
            }

            if (missing % 2 == 0)
            {
                offset = number;
            }
            else
            {
                parts.Add(new SparseMap.Part(offset, number));
            }

            missing--;
        }

        return next > 0 ? position : next;
    }

    private static int ReadLine(ReadOnlySpan<byte> bytes, ref int position, out long number)
    {
        number = 0;
        ReadOnlySpan<byte> rest = bytes[position..];
        int end = rest.IndexOf((byte)'\n');
        if (end < 0)
        {
            return rest.Length > 20 ? -1 : 0;
        }

        position += end + 1;
        return Utf8Parser.TryParse(rest[..end], out number, out int digits) && digits == end && number >= 0 ? 1 : -1;
    }
}
