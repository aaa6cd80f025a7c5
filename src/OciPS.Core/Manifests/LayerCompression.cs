// SPDX-License-Identifier: MIT

namespace OciPS.Manifests;

/// <summary>The compression of a layer, as its first bytes show.</summary>
internal enum LayerCompression
{
    None,
    Gzip,
    Zstd,
    Bzip2,
    Xz,
}
