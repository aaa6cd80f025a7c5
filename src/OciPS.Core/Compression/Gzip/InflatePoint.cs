// SPDX-License-Identifier: MIT

namespace OciPS.Compression.Gzip;

/// <summary>A point from which gzip can be decompressed without the data before it: the start of a block.</summary>
/// <param name="Bit">The position in the compressed data, in bits.</param>
/// <param name="Position">The position in the decompressed data, in bytes.</param>
/// <param name="Window">The data that the block may refer back to.</param>
internal sealed record InflatePoint(long Bit, long Position, ReadOnlyMemory<byte> Window);
