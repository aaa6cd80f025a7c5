// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Copying;

/// <summary>Copies an image or index from one store to another, unchanged if possible.</summary>
/// <param name="tree">The source.</param>
/// <param name="kept">The nodes to copy.</param>
/// <param name="options">The changes to manifests.</param>
/// <param name="operation">Receives diagnostics.</param>
internal sealed class ImageCopier(ImageTree tree, IReadOnlySet<ImageNode> kept, WriteOptions options, OperationContext operation)
{
    public Task<PublishedImage> CopyAsync(ImageReference destination, bool withReferrers, CancellationToken cancellationToken) =>
        DestinationWrite.RunAsync(
            destination, operation, store => CopyAsync(store, destination, withReferrers, cancellationToken), cancellationToken);

    /// <inheritdoc cref="DigestForecast.FindAsync"/>
    public Task<Digest?> PredictAsync(ImageReference destination, CancellationToken cancellationToken) =>
        DigestForecast.FindAsync(tree, kept, destination, options, operation.Session, ImageGraphWriter.AsItIs, cancellationToken);

    /// <summary>Copies into a store that the caller completes.</summary>
    public async Task<PublishedImage> CopyAsync(
        IImageStore store, ImageReference destination, bool withReferrers, CancellationToken cancellationToken)
    {
        var writer = new ImageGraphWriter(tree, kept, store, options, operation);
        foreach (ManifestNode image in kept.OfType<ManifestNode>())
        {
            await ManifestCheck.ExpectLayersAsync(tree.Store, image.Manifest, tree.Reference, cancellationToken).ConfigureAwait(false);
        }

        foreach (ManifestNode image in kept.OfType<ManifestNode>().Where(_ => !tree.Store.KeepsManifests))
        {
            await DiffIdVerifier.CheckAsync(tree.Store, image.Manifest, operation, cancellationToken).ConfigureAwait(false);
        }

        var copier = new BlobCopier(store, operation);
        await copier.CopyAllAsync(tree.Store, GetBlobs(kept), "Blob", cancellationToken).ConfigureAwait(false);
        await new OpaqueEntries(tree.Store, store, copier).CopyAsync(kept, cancellationToken).ConfigureAwait(false);
        ManifestContent root = await writer.PrepareAsync(
            new Schema1Converter(tree, store, copier).ConvertAsync, cancellationToken).ConfigureAwait(false);
        if (withReferrers)
        {
            await new ReferrerCopier(tree, store, copier, operation).CopyAsync(writer.Written, cancellationToken).ConfigureAwait(false);
        }

        return await writer.PublishAsync(destination, root, copier, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The blobs of some images, without schema 1 layers, which are copied at their conversion.</summary>
    public static IEnumerable<Descriptor> GetBlobs(IEnumerable<ImageNode> nodes) => nodes.OfType<ManifestNode>()
        .Where(node => node.Manifest.Schema1 is null)
        .SelectMany(node => node.Manifest.Layers.Append(node.Manifest.Config))
        .DistinctBy(blob => blob.Digest);
}
