// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;

namespace OciPS.Removal;

/// <summary>The scanned layers of one image.</summary>
/// <param name="Session">The session of the scan.</param>
/// <param name="Reference">The image.</param>
/// <param name="Node">Its manifest.</param>
/// <param name="Layers">The layers that were read, base first.</param>
/// <param name="Unread">The layers that were not read, since they are not file systems or are stored elsewhere.</param>
internal sealed record ImageScan(
    OciSession Session, ImageReference Reference, ManifestNode Node, IReadOnlyList<LayerScan> Layers, IReadOnlyList<Descriptor> Unread)
{
    /// <summary>All layers, with sizes from the scan where the manifest has none.</summary>
    public IEnumerable<Descriptor> SizedLayers =>
        Node.Manifest.Layers.Select((layer, index) => Layers.FirstOrDefault(scan => scan.Index == index)?.Layer.Descriptor ?? layer);
}
