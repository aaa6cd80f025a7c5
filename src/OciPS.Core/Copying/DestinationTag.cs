// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Copying;

/// <summary>What a destination points to before it is written.</summary>
internal static class DestinationTag
{
    /// <summary>Puts a manifest whose blobs are there at each of its destinations, in one place.</summary>
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

    /// <summary>Puts a manifest whose blobs are there at its destination.</summary>
    /// <param name="store">Where it goes.</param>
    /// <param name="destination">Its reference there.</param>
    /// <param name="manifest">The manifest.</param>
    /// <param name="moved">The bytes of its blobs that were sent, and those that the registry took over.</param>
    /// <param name="operation">Receives the digest that the destination pointed to.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was written; it counts as changed where the destination pointed to something else.</returns>
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

    /// <summary>What a write will do to what a destination points to; tells what that was.</summary>
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

    /// <summary>What a destination has now; null where there is nothing, or nothing that can be read.</summary>
    public static async Task<Digest?> ReadAsync(ImageReference destination, OperationContext operation, CancellationToken cancellationToken)
    {
        using IImageStore store = StoreFactory.OpenDestination(destination, operation);
        return (await FindAsync(
            store, destination.WithTag(destination.Tag), destination.Digest?.Kind, cancellationToken).ConfigureAwait(false)).Digest;
    }

    /// <summary>Refuses a destination that holds something already. An image that is written by its digest replaces no other.</summary>
    /// <exception cref="StorageException">It does.</exception>
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

    /// <summary>What names the image that a write takes the place of: never the digest that has to come out.</summary>
    private static ImageReference GetPlace(ImageReference destination, Digest written) =>
        destination.IsByDigest ? destination.WithDigest(written) : destination.WithTag(destination.Tag);

    /// <summary>
    /// What a destination has, with a digest that is made with an algorithm; null for the one that the store has it under.
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
            // What cannot be read cannot be the same; it is replaced.
            return (true, null);
        }
        catch (InvalidInputException)
        {
            // A layout with several images, and no tag to say which.
            return (true, null);
        }
    }
}
