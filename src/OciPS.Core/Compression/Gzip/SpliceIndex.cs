// SPDX-License-Identifier: MIT

using OciPS.IO.Hashing;

namespace OciPS.Compression.Gzip;

/// <summary>What an earlier pass over single-member gzip found, so that a splice need not decompress most of it.</summary>
/// <param name="Points">The starts of blocks, and the data that they may refer back to.</param>
/// <param name="FinalBlock">The bits where the final block begins and ends.</param>
/// <param name="Length">The decompressed size in bytes.</param>
/// <param name="Kept">The digests of the decompressed result of the splice.</param>
internal sealed record SpliceIndex(
    IReadOnlyList<InflatePoint> Points, (long HeaderBit, long EndBit) FinalBlock, long Length, ContentDigests Kept)
{
    /// <summary>The last point at or before a position; null if there is none.</summary>
    public InflatePoint? LastBefore(long position) => Points.LastOrDefault(point => point.Position <= position);
}
