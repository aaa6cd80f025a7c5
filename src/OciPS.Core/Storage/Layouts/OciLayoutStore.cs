// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
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
    private readonly object _ensuring = new();
    private readonly ConcurrentDictionary<Digest, long> _present = new();
    private bool _created;
    private bool _isNew;
    private bool _tidied;

    public OciLayoutStore(ImageReference reference)
    {
        Repository = reference.WithTag(null);
        _root = reference.Path;
    }

    public ImageReference Repository { get; }

    public ManifestFormat PreferredFormat => ManifestFormat.Oci;

    public bool IsLocal => true;

    public bool KeepsManifests => true;

    private string What => $"The layout '{_root}'";

    private string IndexPath => Path.Combine(_root, "index.json");

    private string MarkerPath => Path.Combine(_root, "oci-layout");

    public async Task<ManifestContent> ResolveAsync(
        ImageReference reference, IReadOnlyList<string> accept, CancellationToken cancellationToken)
    {
        ImageIndex index = await ReadIndexAsync(cancellationToken).ConfigureAwait(false);
        return await LayoutImageFinder.ResolveAsync(this, index, reference, FindSize, cancellationToken).ConfigureAwait(false);
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
        Task.FromResult(BlobFile.OpenRead(BlobPath(blob.Digest), error => new ContentNotFoundException(
            ErrorIds.BlobNotFound, $"The blob {blob.Digest} is missing in the layout '{_root}': the layout is incomplete.", error)));

    public Task<bool> BlobExistsAsync(Descriptor blob, CancellationToken cancellationToken)
    {
        long? size = FindSize(blob.Digest);
        bool isThere = BlobFile.Fits(blob, size);
        if (isThere)
        {
            _present[blob.Digest] = size!.Value;
        }

        return Task.FromResult(isThere);
    }

    public Task<WrittenBlob> WriteBlobAsync(BlobSource source, CancellationToken cancellationToken) => BlobFile.WritingAsync(What, () =>
    {
        EnsureLayout();
        return BlobFile.SaveAsync(
            _root,
            source,
            written =>
            {
                _present[written.Digest] = written.Size;
                return BlobPath(written.Digest);
            },
            cancellationToken);
    });

    public async Task PutManifestAsync(ManifestContent manifest, string? tag, CancellationToken cancellationToken)
    {
        await WriteBlobAsync(BlobSource.FromBytes(manifest.Bytes, manifest.Descriptor), cancellationToken).ConfigureAwait(false);
        await BlobFile.WritingAsync(What, async () =>
        {
            using FileStream layoutLock = await LockAsync(cancellationToken).ConfigureAwait(false);
            ExpectPresentBlobs();
            ReadOnlyMemory<byte> index = File.Exists(IndexPath)
                ? await File.ReadAllBytesAsync(IndexPath, cancellationToken).ConfigureAwait(false)
                : default;
            byte[] changed = LayoutIndex.Set(index, manifest.Descriptor, tag, $"'{IndexPath}'");
            await BlobFile.ReplaceAsync(IndexPath, changed, cancellationToken).ConfigureAwait(false);
            _created = false;
            return true;
        }).ConfigureAwait(false);
    }

    public Task PutChildAsync(ManifestContent manifest, CancellationToken cancellationToken) =>
        WriteBlobAsync(BlobSource.FromBytes(manifest.Bytes, manifest.Descriptor), cancellationToken);

    public async Task<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, CancellationToken cancellationToken) =>
        await LayoutReferrers.ListAsync(
            this, await ReadIndexAsync(cancellationToken).ConfigureAwait(false), subject, cancellationToken).ConfigureAwait(false);

    /// <summary>A layout that was begun and in which no image was finished goes again.</summary>
    public void Dispose()
    {
        if (_created && !File.Exists(IndexPath))
        {
            TryDelete.Run(DeleteOwn);
        }
    }

    // What another process has put there in the meantime stays.
    private void DeleteOwn()
    {
        HashSet<string> own = _present.Keys.Select(BlobPath).Append(MarkerPath).ToHashSet(StringComparer.Ordinal);
        if (Directory.EnumerateFiles(_root, "*", SearchOption.AllDirectories).All(own.Contains))
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    private void EnsureLayout()
    {
        lock (_ensuring)
        {
            if (File.Exists(MarkerPath))
            {
                Tidy();
                return;
            }

            if (File.Exists(_root))
            {
                throw new StorageException(
                    ErrorIds.StorageWriteError, $"'{_root}' is a file, and an OCI layout is a folder. Give an empty or a new folder.");
            }

            bool wasThere = Directory.Exists(_root);
            if (wasThere && !File.Exists(IndexPath) && HoldsOtherThings() && !File.Exists(MarkerPath))
            {
                throw new StorageException(
                    ErrorIds.InvalidDestination, $"'{_root}' is a folder that holds other things than an OCI layout.{TransportHint.OfFolder(_root)} Give an empty or a new folder.");
            }

            Directory.CreateDirectory(_root);
            _created |= !wasThere;
            _isNew |= !File.Exists(IndexPath);
            WriteMarker();
        }
    }

    private bool HoldsOtherThings() =>
        Directory.EnumerateFileSystemEntries(_root).Any(path => !TemporaryFile.IsOurs(Path.GetFileName(path)));

    private void Tidy()
    {
        if (!_tidied)
        {
            _tidied = true;
            TemporaryFile.RemoveAbandoned(_root);
        }
    }

    /// <summary>Makes the marker, whole, where another writer has not just done so: its lock is on that very file.</summary>
    private void WriteMarker()
    {
        using var marker = TemporaryFile.Create(_root);
        marker.Stream.Write("""{"imageLayoutVersion":"1.0.0"}"""u8);
        try
        {
            marker.MoveTo(MarkerPath, overwrite: false);
        }
        catch (IOException) when (File.Exists(MarkerPath))
        {
        }
    }

    /// <summary>What was there, or was written, may be gone: another writer takes back what it began.</summary>
    private void ExpectPresentBlobs()
    {
        foreach ((Digest digest, long size) in _present)
        {
            if (FindSize(digest) != size)
            {
                throw new ContentNotFoundException(
                    ErrorIds.BlobNotFound, $"The blob {digest} in the layout '{_root}' was removed by another program while this image was written. Write the image once more.");
            }
        }
    }

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
            return await LayoutIndex.ReadAsync(IndexPath, cancellationToken).ConfigureAwait(false);
        }
        catch (FileNotFoundException error) when (_isNew)
        {
            throw new ContentNotFoundException(ErrorIds.ManifestNotFound, $"The OCI layout at '{_root}' has no image yet.", error);
        }
        catch (FileNotFoundException error)
        {
            throw new InvalidContentException(
                ErrorIds.InvalidLayout, $"'{_root}' is not an OCI layout: it has no index.json.{TransportHint.OfFolder(_root)}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(ErrorIds.StorageReadError, $"'{IndexPath}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Whoever changes index.json locks the layout's marker, so that two who write at once lose nothing.</summary>
    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(MarkerPath, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1);
            }
            catch (IOException) when (attempt < 600 && File.Exists(MarkerPath))
            {
                await Task.Delay(50, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private long? FindSize(Digest digest)
    {
        var file = new FileInfo(BlobPath(digest));
        return file.Exists ? file.Length : null;
    }

    private string BlobPath(Digest digest) => Path.Combine(_root, "blobs", digest.Algorithm, digest.Hex);
}
