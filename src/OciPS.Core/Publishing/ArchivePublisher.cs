// SPDX-License-Identifier: MIT

using OciPS.Copying;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;
using OciPS.Storage.DockerArchives;

namespace OciPS.Publishing;

/// <summary>Publishes an image in a tarball of kaniko's or <c>docker save</c>'s.</summary>
/// <param name="path">The tarball.</param>
/// <param name="name">The image's tag in it, or its position as <c>@N</c>; null for the only one.</param>
/// <param name="log">Is told what happens.</param>
internal sealed class ArchivePublisher(string path, string? name, IOperationLog log)
{
    /// <inheritdoc cref="PublishAsync(IImageStore, IReadOnlyList{ImageReference}, ManifestFormat?, CancellationToken)"/>
    public Task<IReadOnlyList<PublishedImage>> PublishAsync(
        IReadOnlyList<ImageReference> destinations, ManifestFormat? format, CancellationToken cancellationToken) =>
        DestinationWrite.RunAsync(destinations[0], log, store => PublishAsync(store, destinations, format, cancellationToken), cancellationToken);

    /// <param name="store">Where they are; it is completed by who opened it.</param>
    /// <param name="destinations">References in one place, which all get the same manifest.</param>
    /// <param name="format">The family of media types; null for the destination's own.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<PublishedImage>> PublishAsync(
        IImageStore store, IReadOnlyList<ImageReference> destinations, ManifestFormat? format, CancellationToken cancellationToken)
    {
        if (destinations.FirstOrDefault(other => !other.SameRepository(destinations[0])) is { } elsewhere)
        {
            throw new InvalidInputException(
                ErrorIds.InvalidDestination, $"'{destinations[0]}' holds one image and has no tags, so that '{elsewhere}' would be another place. Leave the other tags out.");
        }

        ImageReference archive = ImageReference.InTarball(path, name);
        using DockerArchiveStore source = await DockerArchiveStore.OpenAsync(archive, log, cancellationToken).ConfigureAwait(false);
        ManifestContent content = await source.ResolveAsync(archive, [], cancellationToken).ConfigureAwait(false);
        ImageManifest image = ImageManifest.Parse(content, $"The image in '{path}'");
        ManifestFormat chosen = ChooseFormat(format, image, store);
        ImageConfig original = await TarballChecker.CheckAsync(source, image, log, cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte> config = ConfigHistory.Fit(original.Bytes, image.Layers.Count, $"The config in '{path}'");
        ManifestContent manifest = ToManifest(image, config, chosen, out Descriptor configDescriptor);

        var copier = new BlobCopier(store, log);
        await copier.CopyAllAsync(source, image.Layers.DistinctBy(layer => layer.Digest), "Layer", cancellationToken).ConfigureAwait(false);
        await copier.WriteAsync(config, configDescriptor, "The config", cancellationToken).ConfigureAwait(false);

        var published = new List<PublishedImage>();
        foreach (ImageReference destination in destinations)
        {
            TagChange change = await DestinationTag.FindChangeAsync(store, destination, manifest, log, cancellationToken).ConfigureAwait(false);
            await store.PutManifestAsync(manifest, destination.Tag, cancellationToken).ConfigureAwait(false);
            published.Add(new PublishedImage(destination, manifest, change != TagChange.Unchanged, copier.BytesTransferred, copier.BytesMounted) { Written = change });
        }

        return published;
    }

    private ManifestFormat ChooseFormat(ManifestFormat? asked, ImageManifest image, IImageStore store)
    {
        if (asked is { } format && store.KeepsManifests)
        {
            FormatConverter.EnsurePossible(image.Layers, format, $"The image in '{path}'");
            return format;
        }

        return FormatRule.Choose(asked ?? store.PreferredFormat, image.Layers, store, log);
    }

    private static ManifestContent ToManifest(ImageManifest image, ReadOnlyMemory<byte> config, ManifestFormat format, out Descriptor configDescriptor)
    {
        configDescriptor = new Descriptor(MediaTypes.Config(format), Digest.OfBytes(config.Span), config.Length);
        return ManifestEditor.Create(format, configDescriptor, image.Layers.Select(layer => layer with
        {
            MediaType = MediaTypes.Layer(format, MediaTypes.CompressionOf(layer.MediaType)),
        }));
    }
}
