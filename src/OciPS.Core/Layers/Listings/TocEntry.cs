// SPDX-License-Identifier: MIT

using OciPS.References;
using OciPS.Tar;

namespace OciPS.Layers.Listings;

/// <summary>An entry that a layer's own table of contents names.</summary>
/// <param name="Entry">The entry; where its headers stand is not known.</param>
/// <param name="Chunks">Its content, one piece after the other.</param>
internal sealed record TocEntry(TarEntry Entry, IReadOnlyList<TocEntry.Chunk> Chunks)
{
    /// <summary>A piece of content, which begins with a gzip member or zstd frame of its own.</summary>
    /// <param name="Start">Where that begins in the compressed layer.</param>
    /// <param name="End">Where something else begins.</param>
    /// <param name="Size">The size, decompressed.</param>
    /// <param name="Digest">Its digest.</param>
    internal sealed record Chunk(long Start, long End, long Size, Digest Digest);
}
