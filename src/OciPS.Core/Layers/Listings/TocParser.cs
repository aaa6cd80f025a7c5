// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Text.Json;
using OciPS.Manifests.Json;
using OciPS.References;
using OciPS.Tar;

namespace OciPS.Layers.Listings;

/// <summary>Parses a layer's own table of contents, of eStargz or zstd:chunked; fails if any part is not understood.</summary>
internal static class TocParser
{
    private const long MaximumSize = 1L << 60;

    /// <param name="json">The table of contents.</param>
    /// <param name="end">The end of the files in the compressed layer.</param>
    public static List<TocEntry> Parse(byte[] json, long end)
    {
        using var document = JsonDocument.Parse(ManifestJson.SkipMark(json));
        if (document.RootElement.ValueKind != JsonValueKind.Object || Number(document.RootElement, "version") != 1
            || !document.RootElement.TryGetProperty("entries", out JsonElement items) || items.ValueKind != JsonValueKind.Array)
        {
            throw new InvalidDataException("its index is of another version");
        }

        long[] offsets =
            [.. items.EnumerateArray()
                .SelectMany(item => (long[])[Number(item, "offset"), Number(item, "endOffset")])
                .Where(offset => offset > 0)
                .Append(end)
                .Distinct()
                .Order()];
        if (offsets[^1] != end)
        {
            throw new InvalidDataException("its index has an offset beyond the files");
        }

        var entries = new List<TocEntry>();
        var chunks = new List<TocEntry.Chunk>();
        long done = 0;
        foreach (JsonElement item in items.EnumerateArray())
        {
            bool isChunk = Text(item, "type") == "chunk";
            if (!isChunk)
            {
                Check(entries, chunks);
                (chunks, done) = ([], 0);
                entries.Add(new TocEntry(ReadEntry(item, entries.Count), chunks));
            }

            if (entries.Count == 0)
            {
                throw new InvalidDataException("its index begins in the middle of a file");
            }

            if (isChunk || (entries[^1].Entry.Type is TarEntryType.File or TarEntryType.Other && entries[^1].Entry.Size > 0))
            {
                chunks.Add(ReadChunk(item, entries[^1].Entry, offsets, done));
                done += chunks[^1].Size;
            }
        }

        Check(entries, chunks);
        return entries;
    }

    private static void Check(List<TocEntry> entries, List<TocEntry.Chunk> chunks)
    {
        bool isWhole = entries.Count == 0
            || (chunks.Sum(chunk => chunk.Size) == (entries[^1].Entry.Type == TarEntryType.File ? entries[^1].Entry.Size : 0)
                && chunks.Zip(chunks.Skip(1)).All(pair => pair.First.End == pair.Second.Start));
        if (!isWhole)
        {
            throw new InvalidDataException($"its index has not all of '{entries[^1].Entry.Name}'");
        }
    }

    private static TocEntry.Chunk ReadChunk(JsonElement item, TarEntry entry, long[] offsets, long done)
    {
        long start = Number(item, "offset");
        long size = Number(item, "chunkSize") is > 0 and var told ? told : entry.Size - done;
        int index = Array.BinarySearch(offsets, start);
        // Several files in one member are an extension of later format versions.
        if (index < 0
            || index == offsets.Length - 1
            || size <= 0
            || size > entry.Size
            || Number(item, "chunkOffset") != done
            || Number(item, "innerOffset") != 0
            || !Digest.TryParse(
                Text(item, size == entry.Size && Text(item, "chunkDigest").Length == 0 ? "digest" : "chunkDigest"), out Digest digest))
        {
            throw new InvalidDataException($"its index does not say where the content of '{entry.Name}' is");
        }

        return new TocEntry.Chunk(start, offsets[index + 1], size, digest);
    }

    private static TarEntry ReadEntry(JsonElement item, int ordinal)
    {
        string rawName = Text(item, "name");
        string name = TarPath.Clean(rawName);
        TarEntryType type = TarPath.IsWhiteout(name) ? TarEntryType.Whiteout : Text(item, "type") switch
        {
            "reg" => TarEntryType.File,
            "dir" => TarEntryType.Directory,
            "symlink" => TarEntryType.SymbolicLink,
            "hardlink" => TarEntryType.HardLink,
            "char" => TarEntryType.CharacterDevice,
            "block" => TarEntryType.BlockDevice,
            "fifo" => TarEntryType.Fifo,
            var other => throw new InvalidDataException($"its index has an entry of the type '{other}'"),
        };
        long size = type == TarEntryType.File ? Number(item, "size") : 0;
        string time = Text(item, "modtime");
        return new TarEntry
        {
            Name = Known(name),
            HasUnsafeName = TarPath.IsUnsafe(rawName),
            Type = type,
            Size = size,
            Mode = (int)(Number(item, "mode") & 0xFFF),
            Uid = Number(item, "uid"),
            Gid = Number(item, "gid"),
            LastWriteTime = DateTimeOffset.TryParse(
                time,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out DateTimeOffset at) ? at : DateTimeOffset.UnixEpoch,
            LinkTarget = type is TarEntryType.SymbolicLink or TarEntryType.HardLink ? Known(Text(item, "linkName")) : string.Empty,
            Ordinal = ordinal,
            Start = -1,
            ContentStart = -1,
            StoredSize = size,
        };
    }

    // JSON cannot hold bytes that are not UTF-8: writers replace them by U+FFFD, and only the tar has the name.
    private static string Known(string name) =>
        name.Contains('\0', StringComparison.Ordinal) ? throw new InvalidDataException("its index has a name with a NUL in it")
        : name.Contains('\uFFFD', StringComparison.Ordinal) ? throw new InvalidDataException("its index has a name that is not UTF-8")
        : name;

    private static string Text(JsonElement item, string name)
    {
        if (item.ValueKind != JsonValueKind.Object
            || !item.TryGetProperty(name, out JsonElement value)
            || value.ValueKind != JsonValueKind.String)
        {
            return string.Empty;
        }

        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new InvalidDataException($"its index has a '{name}' that is not a string");
        }
    }

    private static long Number(JsonElement item, string name)
    {
        if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty(name, out JsonElement value))
        {
            return 0;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number is >= 0 and <= MaximumSize
            ? number
            : throw new InvalidDataException($"its index has a '{name}' that is not a number, or too large");
    }
}
