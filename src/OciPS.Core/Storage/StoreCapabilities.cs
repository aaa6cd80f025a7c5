// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage.Capabilities;

namespace OciPS.Storage;

/// <summary>Uses a capability where a store has it, and does without it where not.</summary>
internal static class StoreCapabilities
{
    /// <summary>Waits until the store may be written.</summary>
    public static Task BeginAsync(this IImageStore store, CancellationToken cancellationToken) =>
        store.As<IExclusiveStore>() is { } exclusive ? exclusive.BeginAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Sees to it that what was put can be read by others.</summary>
    public static Task CompleteAsync(this IImageStore store, CancellationToken cancellationToken) =>
        store.As<IStagedStore>() is { } staged ? staged.CompleteAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Takes a blob over from another store without a transfer, where that can be done.</summary>
    public static Task<bool> TryMountAsync(
        this IImageStore store, Descriptor blob, IImageStore from, CancellationToken cancellationToken) =>
        store.As<IMountable>() is { } mountable
            ? mountable.TryMountAsync(blob, from.Repository, cancellationToken)
            : Task.FromResult(false);

    /// <summary>What refers to a manifest as its subject; nothing where the store keeps no referrers.</summary>
    public static Task<IReadOnlyList<Descriptor>> ListReferrersAsync(
        this IImageStore store, Digest subject, CancellationToken cancellationToken) =>
        store.As<IReferrerStore>() is { } referrers
            ? referrers.ListReferrersAsync(subject, cancellationToken)
            : Task.FromResult<IReadOnlyList<Descriptor>>([]);

    /// <summary>Opens a part of a blob, whose content is not checked; null if only the whole can be had.</summary>
    /// <exception cref="ContentNotFoundException">There is no such blob.</exception>
    public static Task<Stream?> TryOpenBlobPartAsync(
        this IImageStore store, Descriptor blob, long offset, long length, CancellationToken cancellationToken) =>
        store.As<IPartialReads>() is { } parts
            ? parts.TryOpenBlobPartAsync(blob, offset, length, cancellationToken)
            : BlobReader.TryOpenPartAsync(store, blob, offset, length, cancellationToken);

    /// <summary>Finds content whose type is not known here, which may be kept as a blob or as a manifest.</summary>
    /// <exception cref="ContentNotFoundException">It is neither.</exception>
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

    /// <summary>What to call if a blob comes damaged, before it is fetched again; null where that would not help.</summary>
    public static Action? DamageHandlerFor(this IImageStore store, Digest blob) =>
        store.As<IRefetchable>() is { } refetchable && refetchable.CanRefetch(blob) ? () => refetchable.RequireOriginal(blob) : null;
}
