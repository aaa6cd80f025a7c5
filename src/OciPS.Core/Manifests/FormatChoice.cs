// SPDX-License-Identifier: MIT

namespace OciPS.Manifests;

/// <summary>The family of media types that a copy is written in.</summary>
public enum FormatChoice
{
    /// <summary>The source's own, so that manifests keep their bytes and digests.</summary>
    Keep,

    /// <summary>The image specification's own types (<c>application/vnd.oci.…</c>).</summary>
    Oci,

    /// <summary>Docker's schema 2 and manifest list (<c>application/vnd.docker.…</c>).</summary>
    Docker,
}
