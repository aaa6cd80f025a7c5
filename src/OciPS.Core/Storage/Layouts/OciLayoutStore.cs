// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage.Capabilities;

namespace OciPS.Storage.Layouts;

/// <summary>An OCI image layout in a folder.</summary>
/// <remarks>Image specification, "Image Layout".</remarks>
internal sealed class OciLayoutStore : IImageStore, IReferrerStore
{
    private readonly string _root;
    private readonly LayoutFolder _folder;

    public OciLayoutStore(ImageReference reference)
    {
        Repository = reference.WithTag(null);
        _root = reference.Path;
        _folder = new LayoutFolder(reference.Path);
    }

    public ImageReference Repository { get; }

    public ManifestFormat PreferredFormat => ManifestFormat.Oci;

    public bool IsLocal => true;

    public bool KeepsManifests => true;

    private string What => $"The layout '{_root}'";

    public async Task<ManifestContent> ResolveAsync(
        ImageReference reference, IReadOnlyList<string> accept, CancellationToken cancellationToken)
    {
        ImageIndex index = await ReadIndexAsync(cancellationToken).ConfigureAwait(false);
        return await LayoutImageFinder.ResolveAsync(this, index, reference, _folder.FindSize, cancellationToken).ConfigureAwait(false);
    }

    public async IAsyncEnumerable<string> ListTagsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ImageIndex index = await ReadIndexAsync(cancellationToken).ConfigureAwait(false);
        foreach (string tag in LayoutImageFinder.GetTags(index))
        {
            yield return tag;
        }
    }

    public Task<Stream> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken) =>
        Task.FromResult(BlobFile.OpenRead(_folder.GetBlobPath(blob.Digest), error => new ContentNotFoundException(
            ErrorIds.BlobNotFound, $"The blob {blob.Digest} is missing in the layout '{_root}': the layout is incomplete.", error)));

    public Task<bool> BlobExistsAsync(Descriptor blob, CancellationToken cancellationToken)
    {
        long? size = _folder.FindSize(blob.Digest);
        bool isThere = BlobFile.Fits(blob, size);
        if (isThere)
        {
            _folder.Expect(blob.Digest, size!.Value);
        }

        return Task.FromResult(isThere);
    }

    public Task<WrittenBlob> WriteBlobAsync(BlobSource source, CancellationToken cancellationToken) => BlobFile.WritingAsync(What, () =>
    {
        _folder.Ensure();
        return BlobFile.SaveAsync(
            _root,
            source,
            written =>
            {
                _folder.Expect(written.Digest, written.Size);
                return _folder.GetBlobPath(written.Digest);
            },
            cancellationToken);
    });

    public async Task PutManifestAsync(ManifestContent manifest, string? tag, CancellationToken cancellationToken)
    {
        await WriteBlobAsync(BlobSource.FromBytes(manifest.Bytes, manifest.Descriptor), cancellationToken).ConfigureAwait(false);
        await BlobFile.WritingAsync(What, async () =>
        {
            using FileStream layoutLock = await _folder.LockAsync(cancellationToken).ConfigureAwait(false);
            _folder.CheckExpected();
            ReadOnlyMemory<byte> index = File.Exists(_folder.IndexPath)
                ? await File.ReadAllBytesAsync(_folder.IndexPath, cancellationToken).ConfigureAwait(false)
                : default;
            byte[] changed = LayoutIndex.Set(index, manifest.Descriptor, tag, $"'{_folder.IndexPath}'");
            await BlobFile.ReplaceAsync(_folder.IndexPath, changed, cancellationToken).ConfigureAwait(false);
            _folder.Keep();
            return true;
        }).ConfigureAwait(false);
    }

    public Task PutChildAsync(ManifestContent manifest, CancellationToken cancellationToken) =>
        WriteBlobAsync(BlobSource.FromBytes(manifest.Bytes, manifest.Descriptor), cancellationToken);

    public async Task<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, CancellationToken cancellationToken) =>
        await LayoutReferrers.ListAsync(
            this, await ReadIndexAsync(cancellationToken).ConfigureAwait(false), subject, cancellationToken).ConfigureAwait(false);

    /// <summary>Removes the layout if it was created here and no image was completed.</summary>
    public void Dispose() => _folder.RemoveBegun();

    private async Task<ImageIndex> ReadIndexAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(_root))
        {
            string hint = await ArchiveFile.HintAsync(_root, new NullLog(), cancellationToken).ConfigureAwait(false);
            throw new InvalidContentException(ErrorIds.InvalidLayout, $"'{_root}' is a file, and an OCI layout is a folder.{hint}");
        }

        if (!Directory.Exists(_root))
        {
            throw new ContentNotFoundException(
                ErrorIds.ManifestNotFound, $"There is no OCI layout at '{_root}': the folder does not exist.");
        }

        try
        {
            return await LayoutIndex.ReadAsync(_folder.IndexPath, cancellationToken).ConfigureAwait(false);
        }
        catch (FileNotFoundException error) when (_folder.IsNew)
        {
            throw new ContentNotFoundException(ErrorIds.ManifestNotFound, $"The OCI layout at '{_root}' has no image yet.", error);
        }
        catch (FileNotFoundException error)
        {
            throw new InvalidContentException(
                ErrorIds.InvalidLayout, $"'{_root}' is not an OCI layout: it has no index.json.{TransportHint.ForFolder(_root)}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(ErrorIds.StorageReadError, $"'{_folder.IndexPath}' cannot be read: {error.Message}", error);
        }
    }
}
