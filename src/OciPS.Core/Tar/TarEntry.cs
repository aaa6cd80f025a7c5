// SPDX-License-Identifier: MIT

namespace OciPS.Tar;

/// <summary>An entry of a tar and its position.</summary>
internal sealed class TarEntry
{
    /// <summary>The normalised name, as extractors use it; empty for the root.</summary>
    public required string Name { get; init; }

    /// <summary>Whether the name in the archive is absolute or contains <c>..</c>.</summary>
    public bool HasUnsafeName { get; init; }

    public required TarEntryType Type { get; init; }

    /// <summary>The size of the content in bytes; for a sparse file, including holes.</summary>
    public required long Size { get; init; }

    /// <summary>The permission bits, without the file type.</summary>
    public int Mode { get; init; }

    public long Uid { get; init; }

    public long Gid { get; init; }

    public DateTimeOffset LastWriteTime { get; init; }

    /// <summary>The target of a link, as written in the archive; empty for other types.</summary>
    public required string LinkTarget { get; init; }

    /// <summary>The number of entries before this one.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Whether the position is known; false for an entry from a layer's table of contents.</summary>
    public bool HasPlace => Start >= 0;

    /// <summary>The position of its first header, extended headers included.</summary>
    public required long Start { get; init; }

    /// <summary>The position of its stored content.</summary>
    public required long ContentStart { get; init; }

    /// <summary>The size of its stored content in bytes, without padding.</summary>
    public required long StoredSize { get; init; }

    /// <summary>The position of the next entry: after the padding.</summary>
    public long End => ContentStart + Pad(StoredSize) - MissingPadding;

    /// <summary>The number of missing padding bytes, possible for the last entry only; known after the reader has moved on.</summary>
    public int MissingPadding { get; set; }

    /// <summary>The size in bytes of a sparse map that is part of the stored content (sparse format 1.0).</summary>
    public int MapLength { get; init; }

    /// <summary>The map of a sparse file; null for other files.</summary>
    public SparseMap? Sparse { get; init; }

    /// <summary>The global records in force.</summary>
    public PaxRecords Global { get; init; } = PaxRecords.Empty;

    public static long Pad(long size) => (size + TarHeader.BlockSize - 1) & ~(TarHeader.BlockSize - 1L);
}
