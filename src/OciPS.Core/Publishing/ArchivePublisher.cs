// SPDX-License-Identifier: MIT

using OciPS.Copying;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Publishing;

/// <summary>Publishes an image from a tarball of kaniko or <c>docker save</c>.</summary>
/// <param name="path">The tarball.</param>
/// <param name="name">The image's tag in the tarball, or its index as <c>@N</c>; null for the only image.</param>
/// <param name="operation">Receives diagnostics.</param>
internal sealed class ArchivePublisher(string path, string? name, OperationContext operation)
{
    /// <inheritdoc cref="PublishAsync(IImageStore, IReadOnlyList{ImageReference}, ManifestFormat?, CancellationToken)"/>
    public Task<IReadOnlyList<PublishedImage>> PublishAsync(
        IReadOnlyList<ImageReference> destinations, ManifestFormat? format, CancellationToken cancellationToken) =>
        DestinationWrite.RunAsync(
            destinations[0], operation, store => PublishAsync(store, destinations, format, cancellationToken), cancellationToken);

    /// <param name="store">The store of the destinations, which the caller completes.</param>
    /// <param name="destinations">References in one repository or file, which all get the same manifest.</param>
    /// <param name="format">The family of media types; null for the destination's default.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<PublishedImage>> PublishAsync(
        IImageStore store, IReadOnlyList<ImageReference> destinations, ManifestFormat? format, CancellationToken cancellationToken)
    {
        if (destinations.FirstOrDefault(other => !other.SameRepository(destinations[0])) is { } elsewhere)
        {
            throw new InvalidInputException(
                ErrorIds.InvalidDestination,
                $"'{destinations[0]}' holds one image and has no tags, so that '{elsewhere}' would be another destination. Leave the "
                    + "other tags out.");
        }

        using IImageStore source = await OpenAsync(cancellationToken).ConfigureAwait(false);
        Prepared image = await PrepareAsync(source, store, destinations[0], format, cancellationToken).ConfigureAwait(false);
        ManifestContent manifest = image.Manifest;
        var copier = new BlobCopier(store, operation);
        await copier.CopyAllAsync(source, image.Layers.DistinctBy(layer => layer.Digest), "Layer", cancellationToken).ConfigureAwait(false);
        await copier.WriteAsync(image.Config, image.ConfigDescriptor, "The config", cancellationToken).ConfigureAwait(false);
        return await DestinationTag.PutAsync(store, destinations, manifest, copier, operation, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The digest of the new manifest.</summary>
    /// <exception cref="InvalidContentException">It differs from the digest in the destination.</exception>
    public async Task<Digest> PredictAsync(ImageReference destination, ManifestFormat? format, CancellationToken cancellationToken)
    {
        using IImageStore store = DigestForecast.Open(destination, operation.Session);
        using IImageStore source = await OpenAsync(cancellationToken).ConfigureAwait(false);
        return (await PrepareAsync(source, store, destination, format, cancellationToken).ConfigureAwait(false)).Manifest.Digest;
    }

    private sealed record Prepared(
        ManifestContent Manifest, IReadOnlyList<Descriptor> Layers, ReadOnlyMemory<byte> Config, Descriptor ConfigDescriptor);

    private Task<IImageStore> OpenAsync(CancellationToken cancellationToken) =>
        StoreFactory.OpenAsync(ImageReference.InTarball(path, name), operation, cancellationToken);

    /// <summary>Checks the image, and builds its manifest.</summary>
    private async Task<Prepared> PrepareAsync(
        IImageStore source, IImageStore store, ImageReference destination, ManifestFormat? format, CancellationToken cancellationToken)
    {
        ManifestContent content = await source.ResolveAsync(
            ImageReference.InTarball(path, name), [], cancellationToken).ConfigureAwait(false);
        ImageManifest image = ImageManifest.Parse(content, $"The image in '{path}'");
        ManifestFormat chosen = ChooseFormat(format, image, store);
        ImageConfig original = await DiffIdVerifier.CheckAsync(source, image, operation, cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte> config = ConfigHistory.Fit(original.Bytes, image.Layers.Count, $"The config in '{path}'");
        ManifestContent manifest = ExpectedDigest.Check(
            destination,
            ToManifest(image, config, chosen, out Descriptor configDescriptor),
            $"that is what becomes of the image in '{path}'");
        return new Prepared(manifest, image.Layers, config, configDescriptor);
    }

    private ManifestFormat ChooseFormat(ManifestFormat? asked, ImageManifest image, IImageStore store)
    {
        if (asked is { } format && store.KeepsManifests)
        {
            FormatConverter.EnsurePossible(image.Layers, format, $"The image in '{path}'");
            return format;
        }

        return FormatRule.Choose(asked ?? store.PreferredFormat, image.Layers, store, operation);
    }

    private static ManifestContent ToManifest(
        ImageManifest image, ReadOnlyMemory<byte> config, ManifestFormat format, out Descriptor configDescriptor)
    {
        configDescriptor = new Descriptor(MediaTypes.Config(format), Digest.FromBytes(config.Span), config.Length);
        return ManifestEditor.Create(format, configDescriptor, image.Layers.Select(layer => layer with
        {
            MediaType = MediaTypes.Layer(format, MediaTypes.GetCompression(layer.MediaType)),
        }));
    }
}
