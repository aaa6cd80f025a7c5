// SPDX-License-Identifier: MIT

using System.Globalization;

namespace OciPS.Tar;

/// <summary>Reads the map of a sparse file, between its header and its content.</summary>
internal static class SparseReader
{
    private const int MaximumMapSize = 1024 * 1024;

    /// <summary>The file's map, and how many bytes of its stored content the map takes; a null map if the file is not sparse.</summary>
    /// <param name="blocks">The reader, positioned after the header.</param>
    /// <param name="header">The header block.</param>
    /// <param name="records">The records in force.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="InvalidContentException">The map is invalid.</exception>
    public static async ValueTask<(SparseMap? Map, int MapLength)> ReadAsync(
        TarBlockReader blocks, byte[] header, EffectivePaxRecords records, CancellationToken cancellationToken)
    {
        char typeFlag = new TarHeader(header).TypeFlag;
        bool isInMap = records.Find("GNU.sparse.major") == "1";
        bool isInRecords = records.Has("GNU.sparse.map") || records.Has("GNU.sparse.offset") || records.Has("GNU.sparse.numblocks");
        if (TarEntryParser.HasNoContent(typeFlag) || (typeFlag != 'S' && !isInMap && !isInRecords))
        {
            return (null, 0);
        }

        var parts = new List<SparseMap.Part>();
        long headerAt = blocks.Position - TarHeader.BlockSize;
        TarEntryParser.TryGetStoredSize(new TarHeader(header), records, out long storedSize);
        bool valid;
        long realSize;
        int mapLength = 0;
        if (typeFlag == 'S')
        {
            valid = new TarHeader(header).TryGetSparseRealSize(out realSize)
                && SparseMapReader.TryReadOld(new TarHeader(header).SparseMap, parts)
                && (!new TarHeader(header).IsSparseExtended
                    || await TryReadExtensionsAsync(blocks, parts, cancellationToken).ConfigureAwait(false));
        }
        else if (isInMap)
        {
            valid = TryParseSize(records.Find("GNU.sparse.realsize"), out realSize);
            mapLength = valid ? await ReadMapAsync(blocks, parts, storedSize, cancellationToken).ConfigureAwait(false) : 0;
        }
        else
        {
            valid = TryParseSize(records.Find("GNU.sparse.size") ?? records.Find("GNU.sparse.realsize"), out realSize)
                && SparseMapReader.TryReadRecords(records, parts);
        }

        bool hasContent = !TarEntryParser.HasNoContent(new TarHeader(header).TypeFlag);
        SparseMap? map = valid && hasContent && mapLength >= 0 ? SparseMap.Create(parts, realSize, storedSize - mapLength) : null;
        return (map ?? throw blocks.Invalid($"has a sparse file whose map is wrong at offset {headerAt}"), mapLength);
    }

    private static bool TryParseSize(string? text, out long size) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size);

    private static async ValueTask<bool> TryReadExtensionsAsync(
        TarBlockReader blocks, List<SparseMap.Part> parts, CancellationToken cancellationToken)
    {
        const int MapSize = SparseMapReader.OldEntriesPerBlock * SparseMapReader.OldEntrySize;
        bool more = true;
        while (more)
        {
            if (parts.Count > MaximumMapSize / SparseMapReader.OldEntrySize
                || !await blocks.TryFillAsync(cancellationToken).ConfigureAwait(false)
                || !SparseMapReader.TryReadOld(blocks.Block[..MapSize], parts))
            {
                return false;
            }

            more = blocks.Block[MapSize] != 0;
            blocks.ConsumeBlock();
        }

        return true;
    }

    /// <summary>Format 1.0: the map precedes the content. Returns its padded size in bytes; -1 if it is invalid.</summary>
    private static async ValueTask<int> ReadMapAsync(
        TarBlockReader blocks, List<SparseMap.Part> parts, long storedSize, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        long missing = 0;
        while (text.Length < Math.Min(storedSize, MaximumMapSize) && await blocks.TryFillAsync(cancellationToken).ConfigureAwait(false))
        {
            text.Write(blocks.Block);
            missing -= blocks.Block.Count((byte)'\n');
            blocks.ConsumeBlock();
            int length = missing > 0 ? 0 : SparseMapReader.ReadLines(text.GetBuffer().AsSpan(0, (int)text.Length), parts, out missing);
            if (length != 0)
            {
                return length < 0 ? -1 : (int)text.Length;
            }
        }

        return -1;
    }
}
