// SPDX-License-Identifier: MIT

using OciPS.References;
using OciPS.Tar;

namespace OciPS.Layers.Listings;

/// <summary>An entry of a layer's own table of contents.</summary>
/// <param name="Entry">The entry; the position of its headers is unknown.</param>
/// <param name="Chunks">Its content, in order.</param>
internal sealed record TocEntry(TarEntry Entry, IReadOnlyList<TocEntry.Chunk> Chunks)
{
    /// <summary>A chunk of content, which begins with a gzip member or zstd frame of its own.</summary>
    /// <param name="Start">Its start in the compressed layer.</param>
    /// <param name="End">The start of the next data in the compressed layer.</param>
    /// <param name="Size">The decompressed size in bytes.</param>
    /// <param name="Digest">Its digest.</param>
    internal sealed record Chunk(long Start, long End, long Size, Digest Digest);
}
