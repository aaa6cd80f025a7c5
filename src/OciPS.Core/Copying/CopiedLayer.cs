// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Copying;

/// <summary>The properties of a layer that was read to its end.</summary>
/// <param name="Digest">Its digest.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="DiffId">The digest of its decompressed bytes.</param>
/// <param name="Compression">How it is compressed.</param>
internal readonly record struct CopiedLayer(Digest Digest, long Size, Digest DiffId, LayerCompression Compression);
