// SPDX-License-Identifier: MIT

namespace OciPS.Compression.Zstd;

/// <summary>A frame with content, and its position.</summary>
/// <param name="Start">Its start in the compressed data.</param>
/// <param name="End">Its end in the compressed data.</param>
/// <param name="RawStart">The start of its content in the decompressed data.</param>
internal readonly record struct ZstdFrame(long Start, long End, long RawStart);
