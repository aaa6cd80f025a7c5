// SPDX-License-Identifier: MIT

using OciPS.IO;
using OciPS.Layers.Listings;
using OciPS.Manifests;
using OciPS.Storage;

namespace OciPS.Layers;

/// <summary>Finds what is known of layers that were read before.</summary>
internal static class LayerIndexLookup
{
    // File systems tell the time in steps.
    private static readonly TimeSpan s_timeStep = TimeSpan.FromMilliseconds(100);

    /// <summary>What is known of a layer; null if nothing is, or if its file on this machine was changed since.</summary>
    /// <exception cref="ContentNotFoundException">It should be on this machine, and is not.</exception>
    public static async Task<LayerListing?> FindAsync(
        IImageStore store, Descriptor layer, ListingCache cache, CancellationToken cancellationToken)
    {
        if (cache.Find(layer.Digest) is not { } known || (layer.SizeIsKnown && layer.Size != known.Size))
        {
            return null;
        }

        return !store.IsLocal
            || await GetLastWriteTimeAsync(store, layer, cancellationToken).ConfigureAwait(false) < known.MadeOn - s_timeStep ? known : null;
    }

    private static async Task<DateTime?> GetLastWriteTimeAsync(IImageStore store, Descriptor layer, CancellationToken cancellationToken)
    {
        Stream blob = await store.OpenBlobAsync(layer, cancellationToken).ConfigureAwait(false);
        await using (blob.ConfigureAwait(false))
        {
            return blob switch
            {
                FileRangeStream range => range.LastWriteTimeUtc,
                FileStream file => File.GetLastWriteTimeUtc(file.SafeFileHandle),
                _ => null,
            };
        }
    }
}
