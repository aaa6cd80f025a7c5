// SPDX-License-Identifier: MIT

namespace OciPS.Compression.Zstd;

/// <summary>A frame with content, and where it stands.</summary>
/// <param name="Start">Where it begins in the compressed data.</param>
/// <param name="End">Where it ends there.</param>
/// <param name="RawStart">Where its content begins in the decompressed data.</param>
internal readonly record struct ZstdFrame(long Start, long End, long RawStart);
