// SPDX-License-Identifier: MIT

namespace OciPS.Tar;

/// <summary>An entry of a tar, with where it stands in it.</summary>
internal sealed class TarEntry
{
    /// <summary>The name as extractors clean it; empty for the root.</summary>
    public required string Name { get; init; }

    /// <summary>Whether the name, as it stands in the archive, is absolute or has a <c>..</c> in it.</summary>
    public bool HasUnsafeName { get; init; }

    public required TarEntryType Type { get; init; }

    /// <summary>The size of the content; of a sparse file, with its holes.</summary>
    public required long Size { get; init; }

    /// <summary>The bits of the mode, without the file's type.</summary>
    public int Mode { get; init; }

    public long Uid { get; init; }

    public long Gid { get; init; }

    public DateTimeOffset LastWriteTime { get; init; }

    /// <summary>What a link names, as it stands in the archive; empty for other types.</summary>
    public required string LinkTarget { get; init; }

    /// <summary>How many entries came before it.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Whether it is known where it stands; it is not where a layer's own index names it.</summary>
    public bool HasPlace => Start >= 0;

    /// <summary>Where its first header begins, extended ones included.</summary>
    public required long Start { get; init; }

    /// <summary>Where its stored content begins.</summary>
    public required long ContentStart { get; init; }

    /// <summary>The size of its content as stored, without padding.</summary>
    public required long StoredSize { get; init; }

    /// <summary>Where the next entry begins: behind the padding of its content.</summary>
    public long End => ContentStart + Pad(StoredSize) - MissingPadding;

    /// <summary>How much of the padding is not there, which only the last entry may lack; known when its reader has gone on.</summary>
    public int MissingPadding { get; set; }

    /// <summary>The size of a map that stands before the stored content and is part of it (sparse format 1.0).</summary>
    public int MapLength { get; init; }

    /// <summary>The map of a sparse file; null for other files.</summary>
    public SparseMap? Sparse { get; init; }

    /// <summary>The global records in force for it.</summary>
    public PaxRecords Global { get; init; } = PaxRecords.Empty;

    public static long Pad(long size) => (size + TarHeader.BlockSize - 1) & ~(TarHeader.BlockSize - 1L);
}
