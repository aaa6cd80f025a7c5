// SPDX-License-Identifier: MIT

using OciPS.Compression;
using OciPS.Manifests;
using OciPS.Tar;

namespace OciPS.Layers;

/// <summary>Checks whether layers are file systems: by media type, else by their first bytes. The config is ignored.</summary>
internal static class FileSystemCheck
{
    /// <summary>The reason why a layer's files cannot be read; null if they can.</summary>
    public static async Task<string?> WhyNotAsync(Layer layer, CancellationToken cancellationToken)
    {
        Descriptor descriptor = layer.Descriptor;
        if (MediaTypes.IsEncryptedLayer(descriptor.MediaType))
        {
            return $"it is encrypted ('{descriptor.MediaType}')";
        }

        bool isTar = MediaTypes.IsTar(descriptor.MediaType);
        bool isForeign = MediaTypes.IsForeignLayer(descriptor.MediaType);
        if (isForeign && descriptor.Urls.Count > 0 && !layer.IsLocal)
        {
            // Layers at other addresses are not downloaded.
            return IsElsewhere(descriptor);
        }

        bool mayBeElsewhere = isForeign || descriptor.Urls.Count > 0;
        if (isTar && !mayBeElsewhere)
        {
            return null;
        }

        try
        {
            Stream blob = await layer.OpenUncheckedAsync(cancellationToken).ConfigureAwait(false);
            await using (blob.ConfigureAwait(false))
            {
                return isTar || await IsTarAsync(blob, layer.Name, cancellationToken).ConfigureAwait(false)
                    ? null
                    : $"it is no tar, and its type is '{descriptor.MediaType}'";
            }
        }
        catch (ContentNotFoundException) when (mayBeElsewhere)
        {
            return IsElsewhere(descriptor);
        }
    }

    private static string IsElsewhere(Descriptor layer) =>
        $"it is not there{(layer.Urls.Count > 0 ? $", but at {string.Join(", ", layer.Urls)}" : "")} ('{layer.MediaType}')";

    private static async Task<bool> IsTarAsync(Stream blob, string what, CancellationToken cancellationToken)
    {
        byte[] block = new byte[TarHeader.BlockSize];
        try
        {
            LayerDecompressor content = await LayerDecompressor.OpenAsync(blob, what, cancellationToken).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
            {
                return await content.ReadAtLeastAsync(
                    block,
                    block.Length,
                    throwOnEndOfStream: false,
                    cancellationToken).ConfigureAwait(false) == block.Length && IsHeader(block);
            }
        }
        catch (InvalidContentException)
        {
            return false;
        }
    }

    private static bool IsHeader(byte[] block)
    {
        var header = new TarHeader(block);
        return !header.IsZero && header.IsChecksumValid;
    }
}
