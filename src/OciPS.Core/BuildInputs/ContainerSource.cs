// SPDX-License-Identifier: MIT

namespace OciPS.BuildInputs;

/// <summary>An image that is an input of a build stage, with the manifest list that it belongs to.</summary>
/// <param name="Name">The name to publish it under.</param>
/// <param name="Format"><c>dir</c> or <c>oci-archive</c>.</param>
/// <param name="Path">The file or directory.</param>
/// <param name="Checksum">The name of the file or directory, which is a checksum of it.</param>
/// <param name="ManifestList">The file of the list that names it; null if there is none.</param>
internal sealed record ContainerSource(string Name, string Format, string Path, string Checksum, string? ManifestList)
{
    /// <summary>The image's reference.</summary>
    public string Reference => $"{Format}:{Path}";
}
