// SPDX-License-Identifier: MIT

using OciPS.Compression.Gzip;
using OciPS.IO.Hashing;
using OciPS.Tar;

namespace OciPS.Removal;

/// <summary>
/// What a scan foresees of the layer that comes out: that all of the selected entries go, and nothing else changes. Where the
/// plan turns out to be just that, the layer need not be decompressed again.
/// </summary>
/// <param name="recurse">Whether what is in a selected directory goes too.</param>
internal sealed class PredictedRewrite(bool recurse)
{
    private readonly HashSet<TarEntry> _gone = [];
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);
    private SpliceIndex? _shortcut;

    /// <summary>Whether all of the layer stays.</summary>
    public bool IsWhole => _gone.Count == 0;

    /// <summary>Whether an entry goes, as far as can be foreseen.</summary>
    public bool Goes(TarEntry entry, bool isSelected)
    {
        if (isSelected && recurse && entry.Type == TarEntryType.Directory)
        {
            _directories.Add(entry.Name);
        }

        return (isSelected || (_directories.Count > 0 && TarPath.GetAncestors(entry.Name).Any(_directories.Contains))) && _gone.Add(entry);
    }

    /// <summary>The layer was read to its end.</summary>
    /// <param name="kept">The digests of what is kept of it.</param>
    /// <param name="size">The size of the decompressed layer.</param>
    /// <param name="points">Where it can be entered, if it is gzip.</param>
    public void Complete(ContentDigests kept, long size, InflatePoints points)
    {
        if (points.Members == 1)
        {
            _shortcut = new SpliceIndex(points.Points, points.FinalBlock, size, kept);
        }
    }

    /// <summary>What makes rewriting quick; null if the decisions are not those that were foreseen.</summary>
    public SpliceIndex? For(IReadOnlyList<EntryDecision> decisions) =>
        decisions.Count == _gone.Count && decisions.All(decision => decision is EntryDecision.Remove && _gone.Contains(decision.Entry))
            ? _shortcut
            : null;
}
