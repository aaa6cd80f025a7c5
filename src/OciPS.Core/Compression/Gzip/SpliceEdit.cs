// SPDX-License-Identifier: MIT

namespace OciPS.Compression.Gzip;

/// <summary>A range of the decompressed bytes that goes, and what comes in its place.</summary>
/// <param name="Start">Where the range begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="OpenReplacement">Opens what comes in its place; null for nothing.</param>
internal sealed record SpliceEdit(long Start, long End, Func<Stream>? OpenReplacement = null);
