// SPDX-License-Identifier: MIT

namespace OciPS.Manifests;

/// <summary>How a layer is compressed, as its first bytes tell.</summary>
internal enum LayerCompression
{
    None,
    Gzip,
    Zstd,
    Bzip2,
    Xz,
}
