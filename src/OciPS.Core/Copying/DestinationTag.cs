// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Copying;

/// <summary>Looks up what a destination points to, and moves it.</summary>
internal static class DestinationTag
{
    /// <summary>Writes a manifest whose blobs are at the destination under several references in one repository or file.</summary>
    public static async Task<IReadOnlyList<PublishedImage>> PutAsync(
        IImageStore store,
        IReadOnlyList<ImageReference> destinations,
        ManifestContent manifest,
        BlobCopier copier,
        OperationContext operation,
        CancellationToken cancellationToken)
    {
        var published = new List<PublishedImage>();
        foreach (ImageReference destination in destinations)
        {
            published.Add(await PutAsync(
                store,
                destination,
                manifest,
                (copier.BytesTransferred, copier.BytesMounted),
                operation,
                cancellationToken).ConfigureAwait(false));
        }

        return published;
    }

    /// <summary>Writes a manifest whose blobs are at the destination.</summary>
    /// <param name="store">The store to write to.</param>
    /// <param name="destination">Its reference in the store.</param>
    /// <param name="manifest">The manifest.</param>
    /// <param name="moved">The bytes of its blobs that were sent, and those that the registry mounted.</param>
    /// <param name="operation">Receives the digest that the destination pointed to.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The written image; changed if the destination pointed to something else.</returns>
    public static async Task<PublishedImage> PutAsync(
        IImageStore store,
        ImageReference destination,
        ManifestContent manifest,
        (long Transferred, long Mounted) moved,
        OperationContext operation,
        CancellationToken cancellationToken)
    {
        TagChange change = await FindChangeAsync(store, destination, manifest, operation, cancellationToken).ConfigureAwait(false);
        await store.PutManifestAsync(manifest, destination.Tag, cancellationToken).ConfigureAwait(false);
        return new PublishedImage(destination, manifest, change != TagChange.Unchanged, moved.Transferred, moved.Mounted)
        {
            Written = change,
        };
    }

    /// <summary>How a write will change what the destination points to; logs the old digest.</summary>
    private static async Task<TagChange> FindChangeAsync(
        IImageStore store, ImageReference destination, ManifestContent manifest, OperationContext operation,
        CancellationToken cancellationToken)
    {
        (bool isThere, Digest? before) = await FindAsync(
            store, GetPlace(destination, manifest.Digest), manifest.Digest.Kind, cancellationToken).ConfigureAwait(false);
        if (before == manifest.Digest)
        {
            return TagChange.Unchanged;
        }

        if (destination.IsByDigest)
        {
            return TagChange.Created;
        }

        if (!isThere)
        {
            operation.Log.Verbose($"'{destination}' is new, and points to {manifest.Digest} from now on.");
            return TagChange.Created;
        }

        operation.Log.Verbose(
            $"'{destination}' pointed to {before?.ToString() ?? "something that cannot be read"}; from now on to {manifest.Digest}.");
        return TagChange.Moved;
    }

    /// <summary>The digest that a destination points to; null if there is none, or it cannot be read.</summary>
    public static async Task<Digest?> ReadAsync(ImageReference destination, OperationContext operation, CancellationToken cancellationToken)
    {
        using IImageStore store = StoreFactory.OpenDestination(destination, operation);
        return (await FindAsync(
            store, destination.WithTag(destination.Tag), destination.Digest?.Kind, cancellationToken).ConfigureAwait(false)).Digest;
    }

    /// <summary>Refuses a destination that exists. An image that is written by its digest replaces no other.</summary>
    /// <exception cref="StorageException">The destination exists.</exception>
    public static async Task EnsureFreeAsync(ImageReference destination, OperationContext operation, CancellationToken cancellationToken)
    {
        if (destination.IsByDigest)
        {
            return;
        }

        using IImageStore store = StoreFactory.OpenDestination(destination, operation);
        (bool isThere, Digest? digest) = await FindAsync(
            store, destination.WithTag(destination.Tag), destination.Digest?.Kind, cancellationToken).ConfigureAwait(false);
        if (isThere)
        {
            throw new StorageException(
                ErrorIds.TagExists, $"'{destination}' is there already{(digest is null ? "" : $" ({digest})")}, and stays.")
            {
                Remedy = Remedy.ReplaceTag,
            };
        }
    }

    /// <summary>The reference of the image that a write replaces: never the expected digest.</summary>
    private static ImageReference GetPlace(ImageReference destination, Digest written) =>
        destination.IsByDigest ? destination.WithDigest(written) : destination.WithTag(destination.Tag);

    /// <summary>
    /// The manifest at a destination, with its digest in the given algorithm; null for the algorithm that the store uses.
    /// </summary>
    private static async Task<(bool IsThere, Digest? Digest)> FindAsync(
        IImageStore store, ImageReference destination, DigestAlgorithm? algorithm, CancellationToken cancellationToken)
    {
        try
        {
            ManifestContent content = await store.ResolveAsync(
                destination, MediaTypes.AllManifests, cancellationToken).ConfigureAwait(false);
            return (true, content.With(algorithm ?? content.Digest.Kind).Digest);
        }
        catch (ContentNotFoundException)
        {
            return (false, null);
        }
        catch (InvalidContentException)
        {
            // An unreadable manifest cannot be the same; it is replaced.
            return (true, null);
        }
        catch (InvalidInputException)
        {
            // A layout with several images, and a reference without a tag.
            return (true, null);
        }
    }
}
