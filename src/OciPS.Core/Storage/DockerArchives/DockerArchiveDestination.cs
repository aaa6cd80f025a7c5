// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage.Capabilities;

namespace OciPS.Storage.DockerArchives;

/// <summary>Writes a tarball as <c>docker save</c> and skopeo do: one image, several tags, decompressed layers.</summary>
/// <remarks>
/// The whole file is replaced, as in <c>containers-transports(5)</c>. Layers are first spooled beside it, since a tar has their sizes
/// before their content; <see cref="CompleteAsync"/> writes the file with all tags.
/// </remarks>
internal sealed class DockerArchiveDestination : IImageStore, IStagedStore
{
    private readonly IOperationLog _log;
    private readonly ArchiveTarget _target;
    private readonly DecompressedBlobs _blobs;
    private readonly List<string> _tags = [];
    private readonly SemaphoreSlim _opening = new(1, 1);
    private DockerArchiveStore? _existing;
    private ImageManifest? _image;
    private bool _isWritten;

    public DockerArchiveDestination(ImageReference reference, IOperationLog log)
    {
        _ = reference.Tag is { } tag ? DockerArchiveImage.ToRepoTag(tag) : null;
        Repository = reference.WithTag(null);
        _log = log;
        _target = new ArchiveTarget(reference.Path);
        _blobs = new DecompressedBlobs(_target.Folder);
    }

    public ImageReference Repository { get; }

    public ManifestFormat PreferredFormat => ManifestFormat.Docker;

    public bool IsLocal => true;

    public bool KeepsManifests => false;

    public async Task<ManifestContent> ResolveAsync(
        ImageReference reference, IReadOnlyList<string> accept, CancellationToken cancellationToken)
    {
        using DockerArchiveStore there = await DockerArchiveStore.OpenAsync(Repository, _log, cancellationToken).ConfigureAwait(false);
        return await there.ResolveAsync(reference, accept, cancellationToken).ConfigureAwait(false);
    }

    public async IAsyncEnumerable<string> ListTagsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using DockerArchiveStore there = await DockerArchiveStore.OpenAsync(Repository, _log, cancellationToken).ConfigureAwait(false);
        await foreach (string tag in there.ListTagsAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return tag;
        }
    }

    public async Task<Stream> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken)
    {
        DockerArchiveStore there = await BeginAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new ContentNotFoundException(
                ErrorIds.BlobNotFound, $"'{Repository.Path}' has no blob {blob.Digest}: there is no such file yet.");
        return await there.OpenBlobAsync(blob, cancellationToken).ConfigureAwait(false);
    }

    public async Task<bool> BlobExistsAsync(Descriptor blob, CancellationToken cancellationToken)
    {
        DockerArchiveStore? existing = await BeginAsync(cancellationToken).ConfigureAwait(false);
        return _blobs.Contains(blob.Digest)
            || (existing is not null && await existing.BlobExistsAsync(blob, cancellationToken).ConfigureAwait(false));
    }

    public async Task<WrittenBlob> WriteBlobAsync(BlobSource source, CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        return await _blobs.WriteAsync(source, $"A blob for '{Repository.Path}'", cancellationToken).ConfigureAwait(false);
    }

    public async Task PutManifestAsync(ManifestContent manifest, string? tag, CancellationToken cancellationToken)
    {
        ImageManifest image = Parse(manifest);
        string? repoTag = tag is null ? null : DockerArchiveImage.ToRepoTag(tag);
        foreach (Descriptor blob in image.Layers.Prepend(image.Config).DistinctBy(blob => blob.Digest))
        {
            await TakeOverAsync(blob, cancellationToken).ConfigureAwait(false);
        }

        if (_image?.Content.Digest != manifest.Digest)
        {
            _tags.Clear();
        }

        _image = image;
        if (repoTag is not null && !_tags.Contains(repoTag))
        {
            _tags.Add(repoTag);
        }
    }

    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (_image is not { } image)
        {
            return;
        }

        using PathLock writing = await _target.LockAsync(_log, cancellationToken).ConfigureAwait(false);
        await EnsureReplaceableAsync(cancellationToken).ConfigureAwait(false);
        await DockerArchiveWriter.WriteAsync(_target, image, _blobs, _tags, cancellationToken).ConfigureAwait(false);
        _isWritten = true;
    }

    public Task PutChildAsync(ManifestContent manifest, CancellationToken cancellationToken) => throw OnlyOneImage();

    public void Dispose()
    {
        _existing?.Dispose();
        _blobs.Dispose();
        _opening.Dispose();
    }

    private ImageManifest Parse(ManifestContent manifest)
    {
        if (MediaTypes.IsIndex(manifest.MediaType))
        {
            throw OnlyOneImage();
        }

        string what = $"The manifest {manifest.Digest}";
        ImageManifest? image = MediaTypes.IsManifest(manifest.MediaType) ? ImageManifest.Parse(manifest, what) : null;
        return image is not null && (MediaTypes.IsImageConfig(image.Config.MediaType) || MediaTypes.IsGenericConfig(image.Config.MediaType))
            ? image
            : throw new InvalidInputException(
                ErrorIds.InvalidDestination,
                $"'{Repository}' takes container images alone, and {manifest.Digest} is a manifest of the type "
                    + $"'{manifest.MediaType}'{(image is null ? "" : $" with a config of the type '{image.Config.MediaType}'")}.");
    }

    private InvalidInputException OnlyOneImage() => new(
        ErrorIds.InvalidDestination,
        $"'{Repository}' takes a single image, and this is an index of several.")
    {
        Remedy = Remedy.SelectOnePlatform,
    };

    /// <summary>If the archive itself is the source, kept blobs are copied from it.</summary>
    private async Task TakeOverAsync(Descriptor blob, CancellationToken cancellationToken)
    {
        if (_blobs.Contains(blob.Digest))
        {
            return;
        }

        string what = $"The blob {blob.Digest}";
        if (await BeginAsync(cancellationToken).ConfigureAwait(false) is not { } existing)
        {
            throw new ContentNotFoundException(
                ErrorIds.BlobNotFound, $"{what} is not there for '{Repository}', which needs all of an image, foreign layers included.");
        }

        await _blobs.WriteAsync(BlobSource.FromStore(existing, blob, content => content), what, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Checks that an archive can be written here, and opens the existing one.</summary>
    private async Task<DockerArchiveStore?> BeginAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_existing is null && !_isWritten)
            {
                _target.Check();
                _existing = _target.HasContent ? await OpenExistingAsync(cancellationToken).ConfigureAwait(false) : null;
            }

            return _existing;
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task<DockerArchiveStore> OpenExistingAsync(CancellationToken cancellationToken)
    {
        DockerArchiveStore? existing = await OpenReplaceableAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await existing.ResolveAsync(Repository, [], cancellationToken).ConfigureAwait(false);
            return Interlocked.Exchange(ref existing, null);
        }
        catch (InvalidContentException error)
        {
            throw NoTarball(error);
        }
        finally
        {
            existing?.Dispose();
        }
    }

    /// <summary>Another writer may have replaced the file by one of another kind.</summary>
    private async Task EnsureReplaceableAsync(CancellationToken cancellationToken)
    {
        if (_target.HasContent)
        {
            (await OpenReplaceableAsync(cancellationToken).ConfigureAwait(false)).Dispose();
        }
    }

    private async Task<DockerArchiveStore> OpenReplaceableAsync(CancellationToken cancellationToken)
    {
        try
        {
            DockerArchiveStore existing = await DockerArchiveStore.OpenAsync(Repository, _log, cancellationToken).ConfigureAwait(false);
            if (existing.ImageCount == 1)
            {
                return existing;
            }

            existing.Dispose();
        }
        catch (InvalidContentException error)
        {
            throw NoTarball(error);
        }

        throw _target.Refuse("holds several images, which one would replace");
    }

    private StorageException NoTarball(InvalidContentException error) =>
        _target.Refuse($"is not an image tarball ({error.Message})", error);
}
