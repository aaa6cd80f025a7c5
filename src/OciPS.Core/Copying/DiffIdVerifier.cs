// SPDX-License-Identifier: MIT

using OciPS.Layers;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Copying;

/// <summary>Checks the layers in a tarball, whose names vouch for nothing: the config does, by their diffIDs.</summary>
internal static class DiffIdVerifier
{
    /// <summary>Reads the config, and checks the layers against what it says of them.</summary>
    /// <exception cref="InvalidContentException">A layer is not what the config says.</exception>
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
        await Parallel.ForEachAsync(Enumerable.Range(0, image.Layers.Count), parallel, async (index, token) =>
            await CheckLayerAsync(
                source, image.Layers[index], index, config.DiffIds[index], operation, token).ConfigureAwait(false)).ConfigureAwait(false);
        return config;
    }

    private static async Task CheckLayerAsync(
        IImageStore source, Descriptor layer, int index, string diffId, OperationContext operation, CancellationToken cancellationToken)
    {
        using LayerReader reader = await LayerReader.OpenAsync(
            source, layer, index, operation.Log, null, LayerHashing.ForDiffId(diffId), cancellationToken).ConfigureAwait(false);
        Digest actual = (await reader.FinishAsync(cancellationToken).ConfigureAwait(false)).Digest;
        if (actual.ToString() != diffId)
        {
            throw new InvalidContentException(
                ErrorIds.DiffIdMismatch,
                $"Layer {index} in '{source.Repository.Path}' decompresses to {actual}, but its config says {diffId}: the layer was "
                    + "changed or damaged.");
        }
    }
}
