// SPDX-License-Identifier: MIT

using OciPS.Compression.Gzip;
using OciPS.IO.Hashing;
using OciPS.Tar;

namespace OciPS.Removal;

/// <summary>
/// A scan's prediction of the rewritten layer: all selected entries are removed, and nothing else changes. If the plan matches, the rewrite
/// need not decompress the whole layer.
/// </summary>
/// <param name="recurse">Whether the contents of selected directories are removed too.</param>
internal sealed class PredictedRewrite(bool recurse)
{
    private readonly HashSet<TarEntry> _gone = [];
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);
    private SpliceIndex? _shortcut;

    /// <summary>Whether nothing is removed.</summary>
    public bool IsWhole => _gone.Count == 0;

    /// <summary>Whether an entry is removed, according to the prediction.</summary>
    public bool Goes(TarEntry entry, bool isSelected)
    {
        if (isSelected && recurse && entry.Type == TarEntryType.Directory)
        {
            _directories.Add(entry.Name);
        }

        return (isSelected || (_directories.Count > 0 && TarPath.GetAncestors(entry.Name).Any(_directories.Contains))) && _gone.Add(entry);
    }

    /// <summary>Called after the layer was read to its end.</summary>
    /// <param name="kept">The digests of the kept part.</param>
    /// <param name="size">The decompressed size of the layer in bytes.</param>
    /// <param name="points">The points where decompression can start, if it is gzip.</param>
    public void Complete(ContentDigests kept, long size, InflatePoints points)
    {
        if (points.Members == 1)
        {
            _shortcut = new SpliceIndex(points.Points, points.FinalBlock, size, kept);
        }
    }

    /// <summary>Speeds up the rewrite; null if the decisions differ from the prediction.</summary>
    public SpliceIndex? For(IReadOnlyList<EntryDecision> decisions) =>
        decisions.Count == _gone.Count && decisions.All(decision => decision is EntryDecision.Remove && _gone.Contains(decision.Entry))
            ? _shortcut
            : null;
}
