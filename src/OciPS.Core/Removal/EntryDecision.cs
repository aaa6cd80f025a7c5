// SPDX-License-Identifier: MIT

using OciPS.Tar;

namespace OciPS.Removal;

/// <summary>What is decided about one entry of a layer: it goes, or becomes another.</summary>
/// <param name="Entry">The entry.</param>
internal abstract record EntryDecision(TarEntry Entry)
{
    /// <summary>The entry goes.</summary>
    public sealed record Remove(TarEntry Entry) : EntryDecision(Entry);

    /// <summary>The hard link becomes the file that it linked to, which goes from <paramref name="SourceLayer"/>.</summary>
    public sealed record Promote(TarEntry Entry, int SourceLayer, TarEntry Source) : EntryDecision(Entry);

    /// <summary>The hard link links to another name of the same content.</summary>
    public sealed record Relink(TarEntry Entry, string Target) : EntryDecision(Entry);
}
