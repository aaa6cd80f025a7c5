// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Manifests;

/// <summary>A layer of a schema 1 manifest with its history entry.</summary>
/// <param name="Digest">The layer's digest; its size is unknown.</param>
/// <param name="V1Compatibility">The history entry, a JSON object; the newest layer's contains the image's config.</param>
/// <param name="IsEmpty">Whether the layer stands for a step that changed no file (<c>throwaway</c>).</param>
internal sealed record Schema1Layer(Digest Digest, ReadOnlyMemory<byte> V1Compatibility, bool IsEmpty);
