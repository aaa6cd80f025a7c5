// SPDX-License-Identifier: MIT

namespace OciPS.Manifests;

/// <summary>The family of media types of a manifest.</summary>
public enum ManifestFormat
{
    /// <summary>The image specification's media types (<c>application/vnd.oci.…</c>).</summary>
    Oci,

    /// <summary>Docker's schema 2 (<c>application/vnd.docker.…</c>).</summary>
    Docker,
}
