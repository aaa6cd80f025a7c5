// SPDX-License-Identifier: MIT

namespace OciPS.References;

/// <summary>The kind of place that holds an image; named as in containers/image.</summary>
public enum Transport
{
    /// <summary>A registry (<c>docker://</c>, or no prefix).</summary>
    Registry,

    /// <summary>An OCI image layout in a folder (<c>oci:</c>).</summary>
    OciLayout,

    /// <summary>An OCI image layout in a tar file (<c>oci-archive:</c>).</summary>
    OciArchive,

    /// <summary>A folder with a manifest and its blobs (<c>dir:</c>).</summary>
    Directory,

    /// <summary>A tarball as <c>docker save</c> and kaniko write it (<c>docker-archive:</c>).</summary>
    DockerArchive,
}
