// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;

namespace OciPS.Images;

/// <summary>Finds out what images run on: what their index says, and where their config says more, that.</summary>
internal static class PlatformReader
{
    private const int ParallelReads = 8;

    /// <summary>The platforms of all images of a tree, attestations aside, in their order; null where there is none.</summary>
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

    /// <summary>The platform of one image; null if it has none, as artifacts have not.</summary>
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

    /// <summary>What an index says, and where the config says more, that.</summary>
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
