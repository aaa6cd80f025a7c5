// SPDX-License-Identifier: MIT

using OciPS.BuildInputs;

namespace OciPS;

/// <summary>An image from the inputs of a build stage, with its manifest list.</summary>
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

    /// <summary>The name for the image.</summary>
    public string Name => Source.Name;

    /// <summary>The format: <c>dir</c> or <c>oci-archive</c>.</summary>
    public string Format => Source.Format;

    /// <summary>The file or directory.</summary>
    public string Path => Source.Path;

    /// <summary>The checksum that identifies it in the inputs.</summary>
    public string Checksum => Source.Checksum;

    /// <summary>The file of the manifest list that contains the image; null if there is none.</summary>
    public string? ManifestList => Source.ManifestList;

    /// <summary>The image's reference: <c>dir:…</c> or <c>oci-archive:…</c>.</summary>
    public string Reference => Source.Reference;

    /// <summary>The reference.</summary>
    public override string ToString() => Reference;
}
