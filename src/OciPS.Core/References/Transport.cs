// SPDX-License-Identifier: MIT

namespace OciPS.References;

/// <summary>Where an image lives; named as in containers/image.</summary>
public enum Transport
{
    /// <summary>A registry (<c>docker://</c>, or no prefix).</summary>
    Registry,

    /// <summary>An OCI image layout in a folder (<c>oci:</c>).</summary>
    OciLayout,

    /// <summary>What <c>docker save</c> and kaniko write (<c>docker-archive:</c>).</summary>
    DockerArchive,
}
