// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;

namespace OciPS.Images;

/// <summary>Determines the platforms of images: from their index, completed by their config.</summary>
internal static class PlatformReader
{
    private const int ParallelReads = 8;

    /// <summary>The platforms of all images of a tree without attestations, in order; null for no platform.</summary>
    public static async Task<IReadOnlyList<(ImageNode Image, Platform? Platform)>> ReadAllAsync(
        ImageTree tree, CancellationToken cancellationToken)
    {
        ImageNode[] images = tree.Root.All.Where(node => node is MissingNode or ManifestNode && !node.Entry.IsAttestation()).ToArray();
        var platforms = new (ImageNode, Platform?)[images.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelReads, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, images.Length), parallel, async (i, token) =>
            platforms[i] = (images[i], await ReadAsync(
                tree.Store, tree.Reference, images[i], token).ConfigureAwait(false))).ConfigureAwait(false);
        return platforms;
    }

    /// <summary>The platform of an image; null if it has none, as with artifacts.</summary>
    public static async Task<Platform?> ReadAsync(
        IImageStore store, ImageReference reference, ImageNode image, CancellationToken cancellationToken)
    {
        if (image is not ManifestNode { HasFileSystem: true } node)
        {
            return image.Entry.Platform;
        }

        ImageConfig? config = await store.TryReadConfigAsync(
            node.Manifest, $"The config of '{reference}'", cancellationToken).ConfigureAwait(false);
        return config is null ? image.Entry.Platform : Merge(node.Entry.Platform, config.Platform);
    }

    /// <summary>The platform in an index, completed by the config.</summary>
    public static Platform Merge(Platform? listed, Platform config) => listed is null ? config : new Platform(
        Choose(config.OS, listed.OS)!, Choose(config.Architecture, listed.Architecture)!)
    {
        Variant = Choose(config.Variant, listed.Variant),
        OSVersion = Choose(config.OSVersion, listed.OSVersion),
        OSFeatures = config.OSFeatures.Count > 0 ? config.OSFeatures : listed.OSFeatures,
        Features = config.Features.Count > 0 ? config.Features : listed.Features,
    };

    private static string? Choose(string? first, string? second) => string.IsNullOrEmpty(first) ? second : first;
}
