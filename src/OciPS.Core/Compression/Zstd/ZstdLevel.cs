// SPDX-License-Identifier: MIT

using OciPS.IO;
using OciPS.IO.Hashing;

namespace OciPS.Compression.Zstd;

/// <summary>
/// Finds the level that fits a layer: zstd data does not record its level, and the windows of a level differ between programs.
/// </summary>
internal static class ZstdLevel
{
    /// <summary>The level of most layers.</summary>
    public const int Usual = 3;

    private const int SampleSize = 16 * 1024 * 1024;

    // How much larger a rewritten layer may become, as a ratio.
    private const double Tolerance = 1.05;

    private static readonly int[] s_levels = [Usual, 7, 12, 17];

    /// <summary>The lowest level that compresses the beginning of zstd data about as well as it was compressed.</summary>
    /// <param name="open">Opens the compressed data from its beginning; called more than once.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<int> FitAsync(Func<CancellationToken, Task<Stream>> open, CancellationToken cancellationToken)
    {
        foreach (int level in s_levels[..^1])
        {
            if (await FitsAsync(open, level, cancellationToken).ConfigureAwait(false))
            {
                return level;
            }
        }

        return s_levels[^1];
    }

    private static async Task<bool> FitsAsync(Func<CancellationToken, Task<Stream>> open, int level, CancellationToken cancellationToken)
    {
        using Stream compressed = await open(cancellationToken).ConfigureAwait(false);
        using var before = new LimitedStream(compressed, long.MaxValue, leaveOpen: true);
        using var content = new LimitedStream(ZstdCodec.OpenRead(before), SampleSize);
        using var after = new HashingWriteStream(Stream.Null);
        Stream compressor = ZstdCodec.OpenWrite(after, level);
        await using (compressor.ConfigureAwait(false))
        {
            await content.CopyToAsync(compressor, cancellationToken).ConfigureAwait(false);
        }

        return after.BytesWritten <= (long.MaxValue - before.Left) * Tolerance;
    }
}
