// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;

namespace OciPS.Images;

/// <summary>Distinguishes a valid image without layers from a manifest that has lost its layers.</summary>
internal static class ManifestCheck
{
    /// <exception cref="InvalidContentException">The config has layers, but the manifest has none.</exception>
    public static async Task ExpectLayersAsync(
        IImageStore store, ImageManifest manifest, ImageReference reference, CancellationToken cancellationToken)
    {
        if (manifest.Layers.Count > 0 || manifest.Schema1 is not null || !MediaTypes.IsImageConfig(manifest.Config.MediaType))
        {
            return;
        }

        ImageConfig config = await store.ReadConfigAsync(manifest, $"The config of '{reference}'", cancellationToken).ConfigureAwait(false);
        if (config.DiffIds is { Count: > 0 } diffIds)
        {
            string hint = store.Repository.Syntax.SameFile is { } other
                ? $" 'docker save' of some versions writes such manifests; '{TransportSyntax.For(other).Prefix}{store.Repository.Path}' "
                    + "reads the layers of its archives."
                : string.Empty;
            throw new InvalidContentException(
                ErrorIds.InvalidManifest,
                $"The manifest {manifest.Content.Digest} of '{reference}' names no layers, but its config names {diffIds.Count}: the "
                    + $"manifest is incomplete.{hint}");
        }
    }
}
