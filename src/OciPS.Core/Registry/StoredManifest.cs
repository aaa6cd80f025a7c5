// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Registry;

/// <summary>A manifest as a registry has it, whether it can be read or not: so that it can be put back.</summary>
/// <param name="Bytes">Its bytes.</param>
/// <param name="MediaType">The type that the registry gives it; null for none.</param>
/// <param name="Digest">The digest that the registry gives it, or else that of its bytes.</param>
internal sealed record StoredManifest(ReadOnlyMemory<byte> Bytes, string? MediaType, Digest Digest);
