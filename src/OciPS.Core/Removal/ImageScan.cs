// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;

namespace OciPS.Removal;

/// <summary>What the layers of one image have in them.</summary>
/// <param name="Session">The session that it was read in.</param>
/// <param name="Reference">The image.</param>
/// <param name="Node">Its manifest.</param>
/// <param name="Layers">Its layers that were read, base first.</param>
/// <param name="Unread">Its layers that were not, since they are no file systems that are here.</param>
internal sealed record ImageScan(
    OciSession Session, ImageReference Reference, ManifestNode Node, IReadOnlyList<LayerScan> Layers, IReadOnlyList<Descriptor> Unread)
{
    /// <summary>All layers, with the sizes that were found where the manifest does not say them.</summary>
    public IEnumerable<Descriptor> SizedLayers =>
        Node.Manifest.Layers.Select((layer, index) => Layers.FirstOrDefault(scan => scan.Index == index)?.Layer.Descriptor ?? layer);
}
