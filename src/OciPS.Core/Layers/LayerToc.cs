// SPDX-License-Identifier: MIT

using System.Text.Json;
using OciPS.Layers.Listings;
using OciPS.Manifests;

namespace OciPS.Layers;

/// <summary>
/// The table of contents that a layer carries itself, and that its manifest vouches for: what is in it, without reading the rest.
/// </summary>
/// <param name="Entries">The entries in the layer's order.</param>
/// <param name="Compression">How their content is compressed.</param>
/// <remarks>It is what the author of the layer says: nothing compares it with the tar.</remarks>
internal sealed record LayerToc(IReadOnlyList<TocEntry> Entries, LayerCompression Compression)
{
    /// <summary>How large one may be.</summary>
    public const int MaximumSize = 64 * 1024 * 1024;

    /// <summary>
    /// Reads a layer's table of contents; null if it has none that its manifest vouches for, if parts of the layer are not
    /// to be had, or if nothing but the layers themselves is to be believed.
    /// </summary>
    public static async Task<LayerToc?> TryReadAsync(Layer layer, CancellationToken cancellationToken)
    {
        if (layer.IsLocal || !layer.Descriptor.SizeIsKnown || layer.Listings.Folder is null)
        {
            return null;
        }

        try
        {
            return await StargzToc.TryReadAsync(layer, cancellationToken).ConfigureAwait(false)
                ?? await ZstdChunkedToc.TryReadAsync(layer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (
            error is InvalidDataException or InvalidContentException or JsonException or EndOfStreamException or ZstdSharp.ZstdException)
        {
            layer.Log.Verbose(
                $"The table of contents that the layer {layer.Digest} has cannot be used, so that all of it is read: {error.Message}");
            return null;
        }
    }
}
