// SPDX-License-Identifier: MIT

namespace OciPS.Splicing;

/// <summary>A range of a tar that is left out, and what stands there instead.</summary>
/// <param name="Start">Where the range begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Headers">Header blocks that take its place; empty for none.</param>
/// <param name="OpenContent">Opens the padded content that follows them; null for none.</param>
internal sealed record TarPatch(long Start, long End, ReadOnlyMemory<byte> Headers = default, Func<Stream>? OpenContent = null);
