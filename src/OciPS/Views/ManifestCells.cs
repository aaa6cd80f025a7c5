// SPDX-License-Identifier: MIT

using System.ComponentModel;
using System.Management.Automation;

namespace OciPS.Views;

/// <summary>Cells of the views of manifests and indexes; see <see cref="TextCells"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ManifestCells
{
    /// <summary>The family of the manifest's media types.</summary>
    public static string Format(PSObject item) =>
        new SavedObject(item).Text(nameof(OciManifest.MediaType)).Contains("docker", StringComparison.OrdinalIgnoreCase) ? "Docker" : "OCI";

    /// <summary>The total size of the layers.</summary>
    public static string LayerSize(PSObject item) =>
        DisplayText.Size(new SavedObject(item).Parts(nameof(OciManifest.Layers)).Sum(layer => layer.Number(nameof(OciDescriptor.Size))));

    /// <summary>The number of layers.</summary>
    public static string LayerCount(PSObject item) =>
        TextCells.Count(new SavedObject(item).Parts(nameof(OciManifest.Layers)).Count(), "layer");

    /// <summary>The platforms of an index.</summary>
    public static string? Platforms(PSObject item) => DisplayText.Text(string.Join(
        ", ",
        new SavedObject(item).Parts(nameof(OciIndex.Manifests))
            .Select(image => image.OptionalText(nameof(OciDescriptor.Platform))).OfType<string>()));

    /// <summary>The end of the reference.</summary>
    public static string? ReferenceTail(PSObject item) => ConsoleWidth.CutInFront(TextCells.Reference(item), used: 38, columns: 2);

    /// <summary>The digest and size of the config.</summary>
    public static string? Config(PSObject item) => TextCells.Lines(DescriptorLines(item, nameof(OciManifest.Config)));

    /// <summary>The digests and sizes of the layers.</summary>
    public static string? Layers(PSObject item) => TextCells.Lines(DescriptorLines(item, nameof(OciManifest.Layers)));

    /// <summary>The digests and platforms of the images.</summary>
    public static string? Manifests(PSObject item) => TextCells.Lines(new SavedObject(item).Parts(nameof(OciIndex.Manifests))
        .Select(image => $"{image.Text(nameof(OciDescriptor.Digest))} {image.OptionalText(nameof(OciDescriptor.Platform))}".TrimEnd()));

    internal static IEnumerable<string> DescriptorLines(PSObject item, string property) => new SavedObject(item).Parts(property)
        .Select(part => $"{part.Text(nameof(OciDescriptor.Digest))} ({DisplayText.Size(part.Number(nameof(OciDescriptor.Size)))})");
}
