// SPDX-License-Identifier: MIT

using OciPS.Layers;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Images;

/// <summary>A single image and the store that it is read from.</summary>
/// <param name="Session">The session that it is read in.</param>
/// <param name="Reference">What was asked for.</param>
/// <param name="Store">The store; it belongs to who opened it.</param>
/// <param name="Manifest">The image's manifest.</param>
/// <param name="Platform">What the index that it was picked out of says that it runs on, and its config where that was read to pick it;
/// null for a single image that was not picked.</param>
internal sealed record ImageSource(
    OciSession Session, ImageReference Reference, IImageStore Store, ImageManifest Manifest, Platform? Platform = null)
{
    /// <summary>Whether it was picked out of an index.</summary>
    public bool IsPicked { get; init; }

    /// <summary>A reference to this very image: what was asked for, and the digest where that was an index.</summary>
    public ImageReference ExactReference => IsPicked ? Reference with { Digest = Manifest.Content.Digest } : Reference;

    /// <summary>Its layers, base first.</summary>
    public IReadOnlyList<Layer> GetLayers(OperationContext operation) =>
        Layer.GetAll(Store, Reference, Manifest.Layers, operation);

    /// <summary>Reads the config; null if it is none of an image.</summary>
    public Task<ImageConfig?> TryReadConfigAsync(CancellationToken cancellationToken) =>
        Store.TryReadConfigAsync(Manifest, $"The config of '{Reference}'", cancellationToken);

    /// <summary>Reads the config.</summary>
    /// <exception cref="InvalidContentException">It is no image, and has none.</exception>
    public async Task<ImageConfig> ReadConfigAsync(CancellationToken cancellationToken) =>
        await TryReadConfigAsync(cancellationToken).ConfigureAwait(false) ?? throw new InvalidContentException(
            ErrorIds.UnsupportedMediaType,
            $"'{Reference}' is not a container image, but an artifact: its config has the type '{Manifest.Config.MediaType}'.");
}
