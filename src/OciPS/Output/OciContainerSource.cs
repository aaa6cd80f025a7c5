// SPDX-License-Identifier: MIT

using OciPS.BuildInputs;

namespace OciPS;

/// <summary>An image that a build stage was given, with the manifest list that it belongs to.</summary>
public sealed class OciContainerSource
{
    internal OciContainerSource(ContainerSource source) => Source = source;

    internal OciContainerSource(SavedObject saved) => Source = new ContainerSource(
        saved.Text(nameof(Name)),
        saved.Text(nameof(Format)),
        saved.Text(nameof(Path)),
        saved.Text(nameof(Checksum)),
        saved.OptionalText(nameof(ManifestList)));

    internal ContainerSource Source { get; }

    /// <summary>The name that the image is to have.</summary>
    public string Name => Source.Name;

    /// <summary>The format: <c>dir</c> or <c>oci-archive</c>.</summary>
    public string Format => Source.Format;

    /// <summary>The file or directory.</summary>
    public string Path => Source.Path;

    /// <summary>The checksum by which the inputs name it.</summary>
    public string Checksum => Source.Checksum;

    /// <summary>The file of the manifest list that names the image; null if there is none.</summary>
    public string? ManifestList => Source.ManifestList;

    /// <summary>The image's reference: <c>dir:…</c> or <c>oci-archive:…</c>.</summary>
    public string Reference => Source.Reference;

    /// <summary>The reference.</summary>
    public override string ToString() => Reference;
}
