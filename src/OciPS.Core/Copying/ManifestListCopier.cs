// SPDX-License-Identifier: MIT

using OciPS.BuildInputs;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Copying;

/// <summary>Copies an image and the manifest list, in a file, that lists it; the source stays unchanged.</summary>
/// <remarks>
/// Registries refuse a list until all its images are there, and those may be copied one by one: the list is written after the last one.
/// </remarks>
internal sealed class ManifestListCopier(ContainerSource source, ImageReference destination, OperationContext operation)
{
    /// <summary>The destination.</summary>
    public ImageReference Destination { get; } = destination;

    private long _transferred;
    private long _mounted;
    private ManifestListFile? _list;
    private ManifestContent? _content;

    /// <summary>
    /// Copies the image, and its list if the registry accepts it; null if not: then the list is written by <see cref="FinishAsync"/>.
    /// </summary>
    /// <param name="store">The destination store: the same one for both, since an image without its list would be undone.</param>
    /// <param name="reference">The image.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<PublishedImage?> CopyAsync(IImageStore store, ImageReference reference, CancellationToken cancellationToken)
    {
        if (!store.KeepsManifests)
        {
            throw new InvalidInputException(
                ErrorIds.InvalidDestination,
                $"'{Destination}' cannot hold a manifest list, and '{source.Reference}' comes with one ('{source.ManifestList}'). Copy "
                    + "the reference alone to leave the list out.");
        }

        _list = await ManifestListFile.ReadAsync(source.ManifestList!, cancellationToken).ConfigureAwait(false);
        using ImageTree tree = await ImageTree.OpenAsync(
            reference, ManifestMode.PreferMultiArch, operation, cancellationToken).ConfigureAwait(false);
        if (!_list.Lists(tree.Content.Digest))
        {
            throw new InvalidInputException(
                ErrorIds.ListMismatch,
                $"'{_list.Path}' does not list the image in '{source.Path}' ({tree.Content.Digest}): one of them was changed.");
        }

        _content = ExpectedDigest.Check(Destination, _list);
        var copier = new BlobCopier(store, operation);
        IReadOnlySet<ImageNode> all = await PlatformSelection.All.SelectAsync(tree, operation, cancellationToken).ConfigureAwait(false);
        await copier.CopyAllAsync(tree.Store, ImageCopier.GetBlobs(all), "Blob", cancellationToken).ConfigureAwait(false);
        await new OpaqueEntries(tree.Store, store, copier).CopyAsync(all, cancellationToken).ConfigureAwait(false);
        var writer = new ImageGraphWriter(tree, all, store, new WriteOptions(), operation);
        await store.PutChildAsync(
            await writer.PrepareAsync(ImageGraphWriter.AsItIs, cancellationToken).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        (_transferred, _mounted) = (copier.BytesTransferred, copier.BytesMounted);
        try
        {
            return await PutListAsync(store, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException error) when (IsRefusal(error))
        {
            operation.Log.Verbose($"'{Destination}' does not take the list '{_list.Path}' yet: {error.Message}");
            return null;
        }
    }

    /// <summary>Writes the list after all images: a refusal is an error now.</summary>
    public async Task<PublishedImage> FinishAsync(IImageStore store, CancellationToken cancellationToken)
    {
        try
        {
            return await PutListAsync(store, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException error) when (IsRefusal(error))
        {
            throw new RegistryException(
                ErrorIds.IncompleteList,
                $"'{Destination}' does not take the manifest list '{_list!.Path}': not all of its images are there. Copy them as well, in "
                    + $"the same pipeline. {error.Message}", error.StatusCode, error);
        }
    }

    /// <summary>The display names of listed images that the destination does not have.</summary>
    public async Task<IReadOnlyList<string>> FindMissingAsync(CancellationToken cancellationToken)
    {
        using IImageStore store = await StoreFactory.OpenAsync(Destination, operation, cancellationToken).ConfigureAwait(false);
        var missing = new List<string>();
        foreach (Descriptor entry in _list!.Index.Manifests)
        {
            try
            {
                await store.ResolveAsync(
                    Destination.WithDigest(entry.Digest), MediaTypes.AllManifests, cancellationToken).ConfigureAwait(false);
            }
            catch (ContentNotFoundException)
            {
                missing.Add(entry.DisplayName());
            }
        }

        return missing;
    }

    private static bool IsRefusal(RegistryException error) =>
        error.StatusCode is >= 400 and < 500 && error.ErrorId == ErrorIds.RegistryError;

    private Task<PublishedImage> PutListAsync(IImageStore store, CancellationToken cancellationToken) =>
        DestinationTag.PutAsync(store, Destination, _content!, (_transferred, _mounted), operation, cancellationToken);
}
