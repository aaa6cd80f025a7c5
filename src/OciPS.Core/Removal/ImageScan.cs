// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Removal;

/// <summary>What the layers of one image have in them.</summary>
/// <param name="Reference">The image.</param>
/// <param name="Node">Its manifest.</param>
/// <param name="Layers">Its layers that were read, base first.</param>
/// <param name="Unread">Its layers that were not, since they are no file systems that are here.</param>
internal sealed record ImageScan(
    ImageReference Reference, ManifestNode Node, IReadOnlyList<LayerScan> Layers, IReadOnlyList<Descriptor> Unread)
{
    /// <summary>All layers, with the sizes that were found where the manifest does not say them.</summary>
    public IEnumerable<Descriptor> SizedLayers =>
        Node.Manifest.Layers.Select((layer, index) => Layers.FirstOrDefault(scan => scan.Index == index)?.Layer ?? layer);
}
