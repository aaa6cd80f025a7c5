// SPDX-License-Identifier: MIT

namespace OciPS.Compression.Gzip;

/// <summary>A point from which gzip can be decompressed without what comes before: a block begins there.</summary>
/// <param name="Bit">The compressed bit.</param>
/// <param name="Position">The decompressed position.</param>
/// <param name="Window">What the block may refer back to.</param>
internal sealed record InflatePoint(long Bit, long Position, ReadOnlyMemory<byte> Window);
