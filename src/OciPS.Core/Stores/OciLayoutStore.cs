// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Streams;

namespace OciPS.Stores;

/// <summary>An OCI image layout in a folder.</summary>
/// <remarks>Image specification, "Image Layout".</remarks>
internal sealed class OciLayoutStore : IImageStore
{
    private readonly string _root;
    private readonly object _ensuring = new();
    private bool _created;

    public OciLayoutStore(ImageReference reference)
    {
        Repository = reference.WithTag(null);
        _root = reference.Path;
    }

    public ImageReference Repository { get; }

    public ManifestFormat PreferredFormat => ManifestFormat.Oci;

    public bool IsLocal => true;

    public bool KeepsManifests => true;

    public bool TakesReferrers => true;

    private string IndexPath => Path.Combine(_root, "index.json");

    private string MarkerPath => Path.Combine(_root, "oci-layout");

    public async Task<ManifestContent> ResolveAsync(ImageReference reference, IReadOnlyList<string> accept, CancellationToken cancellationToken)
    {
        ImageIndex index = await ReadIndexAsync(cancellationToken).ConfigureAwait(false);
        Descriptor entry = reference.Digest is { } digest ? FindByDigest(index, digest, reference) : FindByTag(index, reference);
        if (entry.Size > ManifestContent.MaximumSize)
        {
            throw new InvalidContentException(
                ErrorIds.ManifestTooLarge, $"The manifest of '{reference}' has {entry.Size} bytes; no more than {ManifestContent.MaximumSize} are read.");
        }

        string what = $"The manifest {entry.Digest} in '{_root}'";
        ReadOnlyMemory<byte> bytes = await this.ReadBlobAsync(entry, ManifestContent.MaximumSize, what, cancellationToken).ConfigureAwait(false);
        return ManifestContent.Identify(bytes, entry.MediaType, entry.Digest, what);
    }

    public async IAsyncEnumerable<string> ListTagsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ImageIndex index = await ReadIndexAsync(cancellationToken).ConfigureAwait(false);
        foreach (string tag in index.Manifests.Select(LayoutIndex.TagOf).OfType<string>().Distinct())
        {
            yield return tag;
        }
    }

    public Task<Stream> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken)
    {
        string path = BlobPath(blob.Digest);
        try
        {
            return Task.FromResult<Stream>(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, FileOptions.SequentialScan));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ContentNotFoundException(
                ErrorIds.BlobNotFound, $"The blob {blob.Digest} is missing in the layout '{_root}': the layout is incomplete.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(ErrorIds.StorageReadError, $"'{path}' cannot be read: {error.Message}", error);
        }
    }

    public Task<bool> BlobExistsAsync(Descriptor blob, CancellationToken cancellationToken)
    {
        var file = new FileInfo(BlobPath(blob.Digest));
        return Task.FromResult(file.Exists && (!blob.SizeIsKnown || file.Length == blob.Size));
    }

    public Task<WrittenBlob> WriteBlobAsync(BlobSource source, CancellationToken cancellationToken) => WritingAsync(async () =>
    {
        EnsureLayout();
        string temporary = Path.Combine(_root, $".ocips-{Guid.NewGuid():N}.tmp");
        try
        {
            WrittenBlob written = await SaveAsync(source, temporary, cancellationToken).ConfigureAwait(false);
            string path = BlobPath(written.Digest);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Move(temporary, path, overwrite: true);
            return written;
        }
        finally
        {
            File.Delete(temporary);
        }
    });

    public async Task PutManifestAsync(ManifestContent manifest, string? tag, CancellationToken cancellationToken)
    {
        await WriteBlobAsync(BlobSource.OfBytes(manifest.Bytes, manifest.Descriptor), cancellationToken).ConfigureAwait(false);
        await WritingAsync(async () =>
        {
            using FileStream layoutLock = await LockAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlyMemory<byte> index = File.Exists(IndexPath)
                ? await File.ReadAllBytesAsync(IndexPath, cancellationToken).ConfigureAwait(false)
                : default;
            string temporary = Path.Combine(_root, $".ocips-{Guid.NewGuid():N}.tmp");
            try
            {
                byte[] changed = LayoutIndex.Set(index, manifest.Descriptor, tag, $"'{IndexPath}'");
                await File.WriteAllBytesAsync(temporary, changed, cancellationToken).ConfigureAwait(false);
                File.Move(temporary, IndexPath, overwrite: true);
            }
            finally
            {
                File.Delete(temporary);
            }

            _created = false;
            return true;
        }).ConfigureAwait(false);
    }

    public Task PutChildAsync(ManifestContent manifest, CancellationToken cancellationToken) =>
        WriteBlobAsync(BlobSource.OfBytes(manifest.Bytes, manifest.Descriptor), cancellationToken);

    public async Task<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, CancellationToken cancellationToken) =>
        await LayoutReferrers.ListAsync(this, await ReadIndexAsync(cancellationToken).ConfigureAwait(false), subject, cancellationToken).ConfigureAwait(false);

    public Task<bool> TryMountAsync(Descriptor blob, IImageStore from, CancellationToken cancellationToken) => Task.FromResult(false);

    /// <summary>A layout that was begun and in which no image was finished goes again.</summary>
    public void Dispose()
    {
        if (_created)
        {
            try
            {
                Directory.Delete(_root, recursive: true);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // What is left is a layout without an image; the error that stopped the work says more.
            }
        }
    }

    private static async Task<WrittenBlob> SaveAsync(BlobSource source, string path, CancellationToken cancellationToken)
    {
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 128 * 1024, FileOptions.Asynchronous);
        await using (file.ConfigureAwait(false))
        {
            if (source.Known is { } known)
            {
                await source.WriteToAsync(file, cancellationToken).ConfigureAwait(false);
                return new WrittenBlob(known.Digest, known.Size);
            }

            using var hashed = new HashingWriteStream(file);
            await source.WriteToAsync(hashed, cancellationToken).ConfigureAwait(false);
            return new WrittenBlob(hashed.Finish(), hashed.BytesWritten);
        }
    }

    private async Task<T> WritingAsync<T>(Func<Task<T>> write)
    {
        try
        {
            return await write().ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(ErrorIds.StorageWriteError, $"The layout '{_root}' cannot be written: {error.Message}", error);
        }
    }

    private void EnsureLayout()
    {
        lock (_ensuring)
        {
            if (File.Exists(MarkerPath))
            {
                return;
            }

            bool wasThere = Directory.Exists(_root);
            if (wasThere && !File.Exists(IndexPath) && Directory.EnumerateFileSystemEntries(_root).Any())
            {
                throw new StorageException(
                    ErrorIds.InvalidDestination, $"'{_root}' is a folder that holds other things than an OCI layout. Give an empty or a new folder.");
            }

            Directory.CreateDirectory(_root);
            File.WriteAllText(MarkerPath, """{"imageLayoutVersion":"1.0.0"}""");
            _created |= !wasThere;
        }
    }

    private async Task<ImageIndex> ReadIndexAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(_root))
        {
            throw new ContentNotFoundException(ErrorIds.ManifestNotFound, $"There is no OCI layout at '{_root}': the folder does not exist.");
        }

        try
        {
            return await LayoutIndex.ReadAsync(IndexPath, cancellationToken).ConfigureAwait(false);
        }
        catch (FileNotFoundException error)
        {
            throw new InvalidContentException(ErrorIds.InvalidLayout, $"'{_root}' is not an OCI layout: it has no index.json.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(ErrorIds.StorageReadError, $"'{IndexPath}' cannot be read: {error.Message}", error);
        }
    }

    private Descriptor FindByDigest(ImageIndex index, Digest digest, ImageReference reference)
    {
        if (index.Manifests.FirstOrDefault(entry => entry.Digest == digest) is { } listed)
        {
            return listed;
        }

        var file = new FileInfo(BlobPath(digest));
        return file.Exists
            ? new Descriptor(string.Empty, digest, file.Length)
            : throw new ContentNotFoundException(ErrorIds.ManifestNotFound, $"'{reference}' is not there: the layout has no manifest of that digest.");
    }

    private Descriptor FindByTag(ImageIndex index, ImageReference reference)
    {
        if (LayoutIndex.Find(index, reference.Tag) is { } entry)
        {
            return entry;
        }

        string[] tags = index.Manifests.Select(entry => LayoutIndex.TagOf(entry) ?? "@" + entry.Digest).Distinct().ToArray();
        string there = tags.Length == 0 ? "It has no image." : $"It has: {string.Join(", ", tags)}.";
        throw reference.Tag is null && tags.Length > 0
            ? new InvalidInputException(ErrorIds.AmbiguousImage, $"The layout '{_root}' has several images. Say which: {string.Join(", ", tags)}.")
            : new ContentNotFoundException(ErrorIds.ManifestNotFound, $"The layout '{_root}' has no image{(reference.Tag is null ? "" : $" tagged '{reference.Tag}'")}. {there}");
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

    private string BlobPath(Digest digest) => Path.Combine(_root, "blobs", digest.Algorithm, digest.Hex);
}
