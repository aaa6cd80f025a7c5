// SPDX-License-Identifier: MIT

namespace OciPS;

/// <summary>The family of media types that an image is written in.</summary>
public enum OciFormat
{
    /// <summary>
    /// The source's format, so that manifests keep their bytes and digests. A tarball has none: the image gets the destination's default.
    /// </summary>
    Keep,

    /// <summary>The image specification's media types (<c>application/vnd.oci.…</c>).</summary>
    Oci,

    /// <summary>Docker's schema 2 and manifest list (<c>application/vnd.docker.…</c>).</summary>
    Docker,
}
