// SPDX-License-Identifier: MIT

using OciPS.Layers;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Copying;

/// <summary>Checks the layers of a tarball against the config's diffIDs, since the names of its files prove nothing.</summary>
internal static class DiffIdVerifier
{
    /// <summary>Reads the config, and checks the layers against its diffIDs.</summary>
    /// <exception cref="InvalidContentException">A layer does not match its diffID.</exception>
    public static async Task<ImageConfig> CheckAsync(
        IImageStore source, ImageManifest image, OperationContext operation, CancellationToken cancellationToken)
    {
        string path = source.Repository.Path;
        string what = $"The config in '{path}'";
        ImageConfig config = await source.ReadConfigAsync(image.Config, what, cancellationToken).ConfigureAwait(false);
        if (config.DiffIds?.Count != image.Layers.Count)
        {
            throw new InvalidContentException(
                ErrorIds.InvalidConfig,
                $"{what} names {config.DiffIds?.Count ?? 0} layers in 'rootfs', but the tarball's manifest names {image.Layers.Count}: "
                    + "the tarball is damaged or incomplete.");
        }

        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        IReadOnlyList<Layer> layers = Layer.GetAll(source, source.Repository, image.Layers, operation);
        await Parallel.ForEachAsync(layers, parallel, async (layer, token) =>
            await CheckLayerAsync(layer, config.DiffIds[layer.Index], token).ConfigureAwait(false)).ConfigureAwait(false);
        return config;
    }

    private static async Task CheckLayerAsync(Layer layer, string diffId, CancellationToken cancellationToken)
    {
        Digest actual = await layer.ReadDiffIdAsync(LayerHashing.ForDiffId(diffId), cancellationToken).ConfigureAwait(false);
        if (actual.ToString() != diffId)
        {
            throw new InvalidContentException(
                ErrorIds.DiffIdMismatch,
                $"{layer.Label} in '{layer.Image.Path}' decompresses to {actual}, but its config says {diffId}: the layer was changed or "
                    + "damaged.");
        }
    }
}
