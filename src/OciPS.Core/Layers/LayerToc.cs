// SPDX-License-Identifier: MIT

using System.Text.Json;
using OciPS.Layers.Listings;
using OciPS.Manifests;

namespace OciPS.Layers;

/// <summary>A layer's own table of contents, which its manifest has a digest of: lists the entries without reading the layer.</summary>
/// <param name="Entries">The entries, in the layer's order.</param>
/// <param name="Compression">How their content is compressed.</param>
/// <remarks>Its content is the layer author's claim: it is not compared with the tar.</remarks>
internal sealed record LayerToc(IReadOnlyList<TocEntry> Entries, LayerCompression Compression)
{
    /// <summary>The largest table of contents, in bytes.</summary>
    public const int MaximumSize = 64 * 1024 * 1024;

    /// <summary>
    /// Reads a layer's table of contents; null if its manifest has no digest of one, if the store supports no ranges, or if the cache is
    /// off: then only the layers themselves are trusted.
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
