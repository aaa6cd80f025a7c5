// SPDX-License-Identifier: MIT

using OciPS.Tar;

namespace OciPS.Removal;

/// <summary>A decision about one entry of a layer.</summary>
/// <param name="Entry">The entry.</param>
internal abstract record EntryDecision(TarEntry Entry)
{
    /// <summary>The entry is removed.</summary>
    public sealed record Remove(TarEntry Entry) : EntryDecision(Entry);

    /// <summary>The hard link is replaced by the file that it linked to, which is removed from <paramref name="SourceLayer"/>.</summary>
    public sealed record Promote(TarEntry Entry, int SourceLayer, TarEntry Source) : EntryDecision(Entry);

    /// <summary>The hard link gets another target with the same content.</summary>
    public sealed record Relink(TarEntry Entry, string Target) : EntryDecision(Entry);
}
