// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Stores;

namespace OciPS.Operations;

/// <summary>Copies an image together with the manifest list, in a file, that names it; the source stays as it is.</summary>
/// <remarks>
/// Registries refuse a list before all its images are there, and those may come one after the other: the list is put in
/// place when the last one is.
/// </remarks>
internal sealed class ListedImageCopier(ContainerSource source, ImageReference destination, IOperationLog log)
{
    /// <summary>Where the image goes.</summary>
    public ImageReference Destination { get; } = destination;

    private BlobCopier? _copier;
    private ManifestListFile? _list;

    /// <summary>Copies the image; its list and tag come with <see cref="TryFinishAsync"/>.</summary>
    public async Task CopyImageAsync(ImageReference reference, CancellationToken cancellationToken)
    {
        _list = await ManifestListFile.ReadAsync(source.ManifestList!, cancellationToken).ConfigureAwait(false);
        using IImageStore store = StoreFactory.OpenDestination(Destination, log);
        using ImageTree tree = await ImageTree.OpenAsync(reference, ManifestMode.PreferMultiArch, log, cancellationToken).ConfigureAwait(false);
        if (!_list.Lists(tree.Content.Digest))
        {
            throw new InvalidInputException(
                ErrorIds.ListMismatch, $"'{_list.Path}' does not list the image in '{source.Path}' ({tree.Content.Digest}): one of them was changed.");
        }

        _copier = new BlobCopier(store, log);
        IReadOnlySet<ImageNode> all = await PlatformSelection.All.SelectAsync(tree, log, cancellationToken).ConfigureAwait(false);
        await _copier.CopyAllAsync(tree.Store, ImageCopier.BlobsOf(all), "Blob", cancellationToken).ConfigureAwait(false);
        await new OpaqueEntries(tree.Store, store, _copier).CopyAsync(all, cancellationToken).ConfigureAwait(false);
        await store.PutChildAsync(tree.Content, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Puts the list in its place; null where the registry refuses it, since other images of it are not there yet.</summary>
    /// <param name="isLast">Whether nothing comes after this: then a refusal is an error.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<PublishedImage?> TryFinishAsync(bool isLast, CancellationToken cancellationToken)
    {
        ManifestContent list = _list!.Index.Content;
        using IImageStore store = StoreFactory.OpenDestination(Destination, log);
        bool moves = await DestinationTag.MovesAsync(store, Destination, list, log, cancellationToken).ConfigureAwait(false);
        try
        {
            await store.PutManifestAsync(list, Destination.Tag, cancellationToken).ConfigureAwait(false);
            return new PublishedImage(Destination, list, moves, _copier!.BytesTransferred, _copier.BytesMounted);
        }
        catch (RegistryException error) when (error.StatusCode is >= 400 and < 500 && error.ErrorId == ErrorIds.RegistryError)
        {
            log.Verbose($"'{Destination}' does not take the list '{_list.Path}' yet: {error.Message}");
            return isLast
                ? throw new RegistryException(
                    ErrorIds.IncompleteList, $"'{Destination}' does not take the manifest list '{_list.Path}': not all of its images are there. Copy them as well, in the same pipeline. {error.Message}", error.StatusCode, error)
                : null;
        }
    }
}
