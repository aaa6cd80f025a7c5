// SPDX-License-Identifier: MIT

namespace OciPS.Manifests;

/// <summary>The family of media types that a manifest is written in.</summary>
public enum ManifestFormat
{
    /// <summary>The image specification's own types (<c>application/vnd.oci.…</c>).</summary>
    Oci,

    /// <summary>Docker's schema 2 (<c>application/vnd.docker.…</c>).</summary>
    Docker,
}
