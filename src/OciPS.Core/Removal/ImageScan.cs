// SPDX-License-Identifier: MIT

using OciPS.Files;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Tar;

namespace OciPS.Removal;

/// <summary>What the layers of one image have in them, and what removing files does to them.</summary>
/// <param name="Reference">The image.</param>
/// <param name="Node">Its manifest.</param>
/// <param name="Layers">Its layers that were read, base first.</param>
/// <param name="Unread">Its layers that were not, since they are no file systems that are here.</param>
/// <param name="Plan">What goes.</param>
internal sealed record ImageScan(
    ImageReference Reference, ManifestNode Node, IReadOnlyList<LayerScan> Layers, IReadOnlyList<Descriptor> Unread, RemovalPlan Plan)
{
    public IReadOnlyList<ImageFile> RemovedFiles => ToFiles(Plan.Removed);

    public IReadOnlyList<ImageFile> PromotedFiles => ToFiles(Plan.Promoted);

    /// <summary>All layers, with the sizes that were found where the manifest does not say them.</summary>
    public IEnumerable<Descriptor> SizedLayers =>
        Node.Manifest.Layers.Select((layer, index) => Layers.FirstOrDefault(scan => scan.Index == index)?.Layer ?? layer);

    private ImageFile[] ToFiles(IReadOnlyList<(int Layer, TarEntry Entry)> entries) =>
        entries.Select(file => new ImageFile(Reference, Node.Manifest.Layers, file.Layer, file.Entry)
        {
            Platform = Node.Entry.Platform?.ToString(),
            Manifest = Node.Digest,
        }).ToArray();
}
