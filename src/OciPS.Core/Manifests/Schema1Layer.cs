// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Manifests;

/// <summary>A layer of a schema 1 manifest and the history that goes with it.</summary>
/// <param name="Digest">The layer's digest; its size is not known.</param>
/// <param name="V1Compatibility">The history entry, a JSON object; that of the newest layer holds the image's config.</param>
/// <param name="IsEmpty">Whether the layer only stands for a step that changed no file (<c>throwaway</c>).</param>
internal sealed record Schema1Layer(Digest Digest, ReadOnlyMemory<byte> V1Compatibility, bool IsEmpty);
