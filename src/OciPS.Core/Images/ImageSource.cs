// SPDX-License-Identifier: MIT

using OciPS.Layers;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Images;

/// <summary>A single image and its store.</summary>
/// <param name="Session">The session of the store.</param>
/// <param name="Reference">The reference that the user gave.</param>
/// <param name="Store">The store, which the caller owns.</param>
/// <param name="Manifest">The image's manifest.</param>
/// <param name="Platform">The platform from the index that it was picked from, and from its config if that was read to pick it; null if it
/// was not picked.</param>
internal sealed record ImageSource(
    OciSession Session, ImageReference Reference, IImageStore Store, ImageManifest Manifest, Platform? Platform = null)
{
    /// <summary>Whether it was picked from an index.</summary>
    public bool IsPicked { get; init; }

    /// <summary>The user's reference, with the image's digest if that was an index.</summary>
    public ImageReference ExactReference => IsPicked ? Reference with { Digest = Manifest.Content.Digest } : Reference;

    /// <summary>Its layers, base first.</summary>
    public IReadOnlyList<Layer> GetLayers(OperationContext operation) =>
        Layer.GetAll(Store, Reference, Manifest.Layers, operation);

    /// <summary>Reads the config; null if it is not an image config.</summary>
    public Task<ImageConfig?> TryReadConfigAsync(CancellationToken cancellationToken) =>
        Store.TryReadConfigAsync(Manifest, $"The config of '{Reference}'", cancellationToken);

    /// <summary>Reads the config.</summary>
    /// <exception cref="InvalidContentException">It is not an image, and has no config.</exception>
    public async Task<ImageConfig> ReadConfigAsync(CancellationToken cancellationToken) =>
        await TryReadConfigAsync(cancellationToken).ConfigureAwait(false) ?? throw new InvalidContentException(
            ErrorIds.UnsupportedMediaType,
            $"'{Reference}' is not a container image, but an artifact: its config has the type '{Manifest.Config.MediaType}'.");
}
