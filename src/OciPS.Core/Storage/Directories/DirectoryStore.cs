// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage.Capabilities;

namespace OciPS.Storage.Directories;

/// <summary>An image in a folder: its manifest, and its blobs named by the hexadecimal digits of their digests.</summary>
/// <remarks>
/// The <c>dir</c> transport of <c>containers-transports(5)</c>. A write only adds files until the manifest is replaced, so a failed write
/// leaves the former image intact. Files that only the former image needed are removed afterwards. A folder holds one image, so a writer
/// holds its lock from the first blob until the manifest is written.
/// </remarks>
internal sealed class DirectoryStore : IImageStore, IContentLocator, IExclusiveStore
{
    private readonly DirectoryFiles _files;
    private readonly DirectoryLock _lock;

    public DirectoryStore(ImageReference reference)
        : this(reference, new NullLog())
    {
    }

    public DirectoryStore(ImageReference reference, IOperationLog log)
    {
        if (reference.Tag is not null)
        {
            throw NoTags(reference, reference.Tag);
        }

        Repository = reference.WithTag(null);
        _files = new DirectoryFiles(reference.Path);
        _lock = new DirectoryLock(_files, log);
    }

    public ImageReference Repository { get; }

    public ManifestFormat PreferredFormat => ManifestFormat.Docker;

    public bool IsLocal => true;

    public bool KeepsManifests => true;

    private string What => $"The folder '{_files.Root}'";

    public async Task<ManifestContent> ResolveAsync(
        ImageReference reference, IReadOnlyList<string> accept, CancellationToken cancellationToken)
    {
        await ExpectFolderAsync(cancellationToken).ConfigureAwait(false);
        if (reference is { Tag: { } tag, Digest: null })
        {
            throw new ContentNotFoundException(
                ErrorIds.ManifestNotFound, $"'{reference.Name}' has no tag '{tag}': a folder in 'dir:' format has none.");
        }

        if (reference.Digest is not { } digest)
        {
            return await ReadManifestAsync(null, cancellationToken).ConfigureAwait(false);
        }

        if (File.Exists(_files.GetManifestPath(digest)))
        {
            ManifestContent child = await ReadManifestAsync(digest, cancellationToken).ConfigureAwait(false);
            return child.Digest == digest
                ? child
                : throw new InvalidContentException(
                    ErrorIds.DigestMismatch,
                    $"'{_files.GetManifestPath(digest)}' has the digest {child.Digest}, but {digest} was expected: its content was "
                        + "changed or damaged.");
        }

        if (File.Exists(_files.Manifest)
            && await ReadManifestAsync(digest, _files.Manifest, cancellationToken).ConfigureAwait(false) is { } top
            && top.Digest == digest)
        {
            return top;
        }

        throw new ContentNotFoundException(
            ErrorIds.ManifestNotFound, $"'{reference}' is not there: the folder has no manifest of that digest.");
    }

    public async Task<ContentPlace> LocateAsync(Descriptor entry, CancellationToken cancellationToken) =>
        File.Exists(_files.GetManifestPath(entry.Digest)) ? ContentPlace.Manifest
        : await BlobExistsAsync(entry, cancellationToken).ConfigureAwait(false) ? ContentPlace.Blob
        : throw BlobReader.NoEntry(this, entry);

    public async IAsyncEnumerable<string> ListTagsAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ExpectFolderAsync(cancellationToken).ConfigureAwait(false);
        yield break;
    }

    public Task<Stream> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken) =>
        Task.FromResult(BlobFile.OpenRead(_files.Blob(blob.Digest), error => new ContentNotFoundException(
            ErrorIds.BlobNotFound, $"The blob {blob.Digest} is missing in the folder '{_files.Root}': the image is incomplete.", error)));

    public Task BeginAsync(CancellationToken cancellationToken) => BlobFile.WritingAsync(What, () => _lock.AcquireAsync(cancellationToken));

    public async Task<bool> BlobExistsAsync(Descriptor blob, CancellationToken cancellationToken)
    {
        // A file that exists now must still exist when the manifest is written.
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        var file = new FileInfo(_files.Blob(blob.Digest));
        return BlobFile.Fits(blob, file.Exists ? file.Length : null);
    }

    public Task<WrittenBlob> WriteBlobAsync(BlobSource source, CancellationToken cancellationToken) =>
        AddAsync(source, _files.Blob, cancellationToken);

    public async Task PutManifestAsync(ManifestContent manifest, string? tag, CancellationToken cancellationToken)
    {
        if (tag is not null)
        {
            throw NoTags(Repository, tag);
        }

        await BlobFile.WritingAsync(What, async () =>
        {
            await _lock.AcquireAsync(cancellationToken).ConfigureAwait(false);
            byte[] before = File.Exists(_files.Manifest)
                ? await File.ReadAllBytesAsync(_files.Manifest, cancellationToken).ConfigureAwait(false)
                : [];
            bool replaces = !before.AsSpan().SequenceEqual(manifest.Bytes.Span);
            await BlobFile.ReplaceAsync(_files.Manifest, manifest.Bytes, cancellationToken).ConfigureAwait(false);
            _files.Keep();
            _lock.Keep();
            await _files.RemoveUnusedAsync(manifest, replaces, cancellationToken).ConfigureAwait(false);
            _lock.Release();
            return true;
        }).ConfigureAwait(false);
    }

    public Task PutChildAsync(ManifestContent manifest, CancellationToken cancellationToken) =>
        AddAsync(BlobSource.FromBytes(manifest.Bytes, manifest.Descriptor), _files.GetManifestPath, cancellationToken);

    /// <summary>Removes files of an unfinished write.</summary>
    public void Dispose()
    {
        _files.RemoveAdded();
        _lock.Dispose();
    }

    private static InvalidInputException NoTags(ImageReference reference, string tag) => new(
        ErrorIds.InvalidDestination,
        $"'{reference.Name}' has no tags, since a folder in 'dir:' format holds one image: leave '{tag}' out.");

    private Task<ManifestContent> ReadManifestAsync(Digest? digest, CancellationToken cancellationToken) =>
        ReadManifestAsync(digest, digest is { } child ? _files.GetManifestPath(child) : _files.Manifest, cancellationToken);

    private async Task<ManifestContent> ReadManifestAsync(Digest? like, string path, CancellationToken cancellationToken)
    {
        string what = $"'{path}'";
        using Stream file = BlobFile.OpenRead(path, error => _lock.IsNew ? new ContentNotFoundException(
            ErrorIds.ManifestNotFound, $"The folder '{_files.Root}' has no image yet.", error) : throw new InvalidContentException(
            ErrorIds.InvalidLayout,
            $"'{_files.Root}' is not an image directory: it has no manifest.json.{TransportHint.ForFolder(_files.Root)}", error));
        if (file.Length > ManifestContent.MaximumSize)
        {
            throw new InvalidContentException(
                ErrorIds.ManifestTooLarge, $"{what} has {file.Length} bytes; no more than {ManifestContent.MaximumSize} are read.");
        }

        byte[] bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);

        try
        {
            return ManifestContent.Identify(bytes, null, Schema1Signature.GetDigest(bytes, like?.Kind, what), what);
        }
        catch (InvalidContentException error) when (TransportHint.ForNoDirectory(_files.Root) is { Length: > 0 } hint)
        {
            throw new InvalidContentException(error.ErrorId, error.Message + hint, error);
        }
    }

    private Task<WrittenBlob> AddAsync(BlobSource source, Func<Digest, string> getPath, CancellationToken cancellationToken) =>
        BlobFile.WritingAsync(What, async () =>
    {
        await _lock.AcquireAsync(cancellationToken).ConfigureAwait(false);
        return await BlobFile.SaveAsync(
            _files.Root, source, written => _files.Add(getPath(written.Digest)), cancellationToken).ConfigureAwait(false);
    });

    private async Task ExpectFolderAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(_files.Root))
        {
            throw new InvalidContentException(
                ErrorIds.InvalidLayout,
                $"'{_files.Root}' is a file, and 'dir:' reads a "
                    + $"folder.{await ArchiveFile.HintAsync(_files.Root, new NullLog(), cancellationToken).ConfigureAwait(false)}");
        }

        if (!Directory.Exists(_files.Root))
        {
            throw new ContentNotFoundException(
                ErrorIds.ManifestNotFound, $"There is no image directory at '{_files.Root}': the folder does not exist.");
        }
    }
}
