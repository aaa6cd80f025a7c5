// SPDX-License-Identifier: MIT

using OciPS.Splicing;

namespace OciPS.Compression.Gzip;

/// <summary>Edits that are so close together that no compressed bytes between them can be kept.</summary>
/// <param name="Edits">The edits, in order.</param>
internal sealed record SpliceRegion(IReadOnlyList<ByteEdit> Edits)
{
    // In bytes. A new region repeats codes and realigns bits, which does not pay for less than this.
    private const int LeastKept = 8 * 1024;

    public long Start => Edits[0].Start;

    /// <summary>The position from which on nothing refers back to removed bytes.</summary>
    public long Resume => Edits[^1].End + InflateWindow.History;

    /// <summary>Groups edits into regions.</summary>
    public static IReadOnlyList<SpliceRegion> Group(IReadOnlyList<ByteEdit> edits)
    {
        var regions = new List<SpliceRegion>();
        for (int first = 0, at = 0; at < edits.Count; at++)
        {
            long before = at == 0 ? 0 : edits[at - 1].End;
            if (edits[at].Start < before || edits[at].End < edits[at].Start)
            {
                throw new ArgumentException("The edits overlap, or are not in order.", nameof(edits));
            }

            if (at + 1 == edits.Count || edits[at + 1].Start >= edits[at].End + InflateWindow.History + LeastKept)
            {
                regions.Add(new SpliceRegion([.. edits.Skip(first).Take(at + 1 - first)]));
                first = at + 1;
            }
        }

        return regions;
    }
}
