// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Registry;

/// <summary>A manifest as a registry stores it, valid or not, so that it can be restored.</summary>
/// <param name="Bytes">Its bytes.</param>
/// <param name="MediaType">The media type according to the registry; null for none.</param>
/// <param name="Digest">The digest according to the registry, or else that of the bytes.</param>
internal sealed record StoredManifest(ReadOnlyMemory<byte> Bytes, string? MediaType, Digest Digest);
