// SPDX-License-Identifier: MIT

using OciPS.IO.Hashing;

namespace OciPS.Compression.Gzip;

/// <summary>What an earlier reading of gzip of one member found out, so that most of it need not be decompressed to splice it.</summary>
/// <param name="Points">Where blocks begin, and what they may refer back to.</param>
/// <param name="FinalBlock">The bit at which the final block begins, and the one behind it.</param>
/// <param name="Length">How many bytes it decompresses to.</param>
/// <param name="Kept">What comes out when the splice is done.</param>
internal sealed record SpliceIndex(
    IReadOnlyList<InflatePoint> Points, (long HeaderBit, long EndBit) FinalBlock, long Length, ContentDigests Kept)
{
    /// <summary>The last point that is not behind a position; null if there is none.</summary>
    public InflatePoint? LastBefore(long position) => Points.LastOrDefault(point => point.Position <= position);
}
