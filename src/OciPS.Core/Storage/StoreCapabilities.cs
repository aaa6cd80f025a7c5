// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage.Capabilities;

namespace OciPS.Storage;

/// <summary>Uses a capability if a store has it, with a fallback if it does not.</summary>
internal static class StoreCapabilities
{
    /// <summary>Waits for the right to write to the store.</summary>
    public static Task BeginAsync(this IImageStore store, CancellationToken cancellationToken) =>
        store.As<IExclusiveStore>() is { } exclusive ? exclusive.BeginAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Makes what was put visible to readers.</summary>
    public static Task CompleteAsync(this IImageStore store, CancellationToken cancellationToken) =>
        store.As<IStagedStore>() is { } staged ? staged.CompleteAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Mounts a blob from another store without a transfer, if possible.</summary>
    public static Task<bool> TryMountAsync(
        this IImageStore store, Descriptor blob, IImageStore from, CancellationToken cancellationToken) =>
        store.As<IMountable>() is { } mountable
            ? mountable.TryMountAsync(blob, from.Repository, cancellationToken)
            : Task.FromResult(false);

    /// <summary>The referrers of a manifest; none if the store keeps no referrers.</summary>
    public static Task<IReadOnlyList<Descriptor>> ListReferrersAsync(
        this IImageStore store, Digest subject, CancellationToken cancellationToken) =>
        store.As<IReferrerStore>() is { } referrers
            ? referrers.ListReferrersAsync(subject, cancellationToken)
            : Task.FromResult<IReadOnlyList<Descriptor>>([]);

    /// <summary>Opens a part of a blob, without verification; null if only the whole blob is available.</summary>
    /// <exception cref="ContentNotFoundException">There is no such blob.</exception>
    public static Task<Stream?> TryOpenBlobPartAsync(
        this IImageStore store, Descriptor blob, long offset, long length, CancellationToken cancellationToken) =>
        store.As<IPartialReads>() is { } parts
            ? parts.TryOpenBlobPartAsync(blob, offset, length, cancellationToken)
            : BlobReader.TryOpenPartAsync(store, blob, offset, length, cancellationToken);

    /// <summary>Finds content of unknown media type, which may be stored as a blob or as a manifest.</summary>
    /// <exception cref="ContentNotFoundException">It is stored as neither.</exception>
    public static async Task<ContentPlace> LocateAsync(this IImageStore store, Descriptor entry, CancellationToken cancellationToken)
    {
        if (store.As<IContentLocator>() is { } locator)
        {
            return await locator.LocateAsync(entry, cancellationToken).ConfigureAwait(false);
        }

        return await store.BlobExistsAsync(entry, cancellationToken).ConfigureAwait(false)
            ? ContentPlace.Either
            : throw BlobReader.NoEntry(store, entry);
    }

    /// <summary>The action to call before a damaged blob is refetched; null if refetching does not help.</summary>
    public static Action? DamageHandlerFor(this IImageStore store, Digest blob) =>
        store.As<IRefetchable>() is { } refetchable && refetchable.CanRefetch(blob) ? () => refetchable.RequireOriginal(blob) : null;
}
