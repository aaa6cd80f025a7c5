// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Stores;

namespace OciPS.Operations;

/// <summary>Publishes the one image in a tarball of kaniko's or <c>docker save</c>'s.</summary>
internal sealed class ArchivePublisher(string path, IOperationLog log)
{
    /// <param name="destinations">References in one place, which all get the same manifest.</param>
    /// <param name="format">The family of media types; null for the destination's own.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<PublishedImage>> PublishAsync(
        IReadOnlyList<ImageReference> destinations, ManifestFormat? format, CancellationToken cancellationToken)
    {
        var archive = new ImageReference(Transport.DockerArchive) { Path = path };
        using IImageStore store = StoreFactory.OpenDestination(destinations[0]);
        using DockerArchiveStore source = await DockerArchiveStore.OpenAsync(archive, log, cancellationToken).ConfigureAwait(false);
        ManifestContent content = await source.ResolveAsync(archive, [], cancellationToken).ConfigureAwait(false);
        ImageManifest image = ImageManifest.Parse(content, $"The image in '{path}'");
        ReadOnlyMemory<byte> config = await CheckAsync(source, image, cancellationToken).ConfigureAwait(false);
        ManifestContent manifest = ToManifest(image, config, format ?? store.PreferredFormat, out Descriptor configDescriptor);

        var copier = new BlobCopier(store, log);
        await copier.CopyAllAsync(source, image.Layers.DistinctBy(layer => layer.Digest), "Layer", cancellationToken).ConfigureAwait(false);
        await copier.WriteAsync(config, configDescriptor, "The config", cancellationToken).ConfigureAwait(false);

        var published = new List<PublishedImage>();
        foreach (ImageReference destination in destinations)
        {
            bool moved = await MovesAsync(store, destination, manifest, cancellationToken).ConfigureAwait(false);
            await store.PutManifestAsync(manifest, destination.Tag, cancellationToken).ConfigureAwait(false);
            published.Add(new PublishedImage(destination, manifest, moved, copier.BytesTransferred, copier.BytesMounted));
        }

        return published;
    }

    private static ManifestContent ToManifest(ImageManifest image, ReadOnlyMemory<byte> config, ManifestFormat format, out Descriptor configDescriptor)
    {
        configDescriptor = new Descriptor(MediaTypes.Config(format), Digest.OfBytes(config.Span), config.Length);
        return ManifestEditor.Create(format, configDescriptor, image.Layers.Select(layer => layer with
        {
            MediaType = MediaTypes.Layer(format, MediaTypes.CompressionOf(layer.MediaType)),
        }));
    }

    /// <summary>Reads the config, padded where it needs that, and checks the layers against what it says of them.</summary>
    private async Task<ReadOnlyMemory<byte>> CheckAsync(DockerArchiveStore source, ImageManifest image, CancellationToken cancellationToken)
    {
        string what = $"The config in '{path}'";
        ImageConfig config = await source.ReadConfigAsync(image.Config, what, cancellationToken).ConfigureAwait(false);
        if (config.DiffIds?.Count != image.Layers.Count)
        {
            throw new InvalidContentException(
                ErrorIds.InvalidConfig,
                $"{what} names {config.DiffIds?.Count ?? 0} layers in 'rootfs', but the tarball's manifest names {image.Layers.Count}: the tarball is damaged or incomplete.");
        }

        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, image.Layers.Count), parallel, async (index, token) =>
            await CheckLayerAsync(source, image.Layers[index], index, config.DiffIds[index], token).ConfigureAwait(false)).ConfigureAwait(false);
        return ConfigEditor.PadHistory(config.Bytes, image.Layers.Count, what);
    }

    /// <summary>The config is what vouches for a layer in a tarball: its diffID must be the layer's.</summary>
    private async Task CheckLayerAsync(DockerArchiveStore source, Descriptor layer, int index, string diffId, CancellationToken cancellationToken)
    {
        using LayerReader reader = await LayerReader.OpenAsync(source, layer, index, log, null, withDiffId: true, cancellationToken).ConfigureAwait(false);
        Digest actual = await reader.FinishAsync(cancellationToken).ConfigureAwait(false);
        if (actual.ToString() != diffId)
        {
            throw new InvalidContentException(
                ErrorIds.DiffIdMismatch,
                $"Layer {index} in '{path}' decompresses to {actual}, but its config says {diffId}: the layer was changed or damaged.");
        }
    }

    private async Task<bool> MovesAsync(IImageStore store, ImageReference destination, ManifestContent manifest, CancellationToken cancellationToken)
    {
        try
        {
            ManifestContent before = await store.ResolveAsync(destination, MediaTypes.AllManifests, cancellationToken).ConfigureAwait(false);
            if (before.Digest != manifest.Digest)
            {
                log.Verbose($"'{destination}' pointed to {before.Digest}.");
            }

            return before.Digest != manifest.Digest;
        }
        catch (ContentNotFoundException)
        {
            return true;
        }
        catch (InvalidContentException)
        {
            // What cannot be read cannot be the same; it is replaced.
            return true;
        }
        catch (InvalidInputException)
        {
            // A layout with several images, and no tag to say which.
            return true;
        }
    }
}
