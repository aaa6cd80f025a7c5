// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage.Capabilities;

namespace OciPS.Storage.Layouts;

/// <summary>An OCI image layout in a tar file.</summary>
/// <remarks>
/// Image specification, "Image Layout". Written content is spooled beside the archive; <see cref="CompleteAsync"/> writes a complete new
/// archive that replaces the existing one. A write to a tag keeps the images of other tags, and a write by digest keeps all. If the
/// reference has neither, the image replaces everything except the referrers that were written for it before.
/// </remarks>
internal sealed class OciArchiveStore : IImageStore, IReferrerStore, IStagedStore
{
    private readonly OciArchive _archive;
    private readonly bool _isShared;
    private readonly bool _replaces;
    private readonly LayoutChanges _changes = new();
    private bool _isComplete = true;

    public OciArchiveStore(ImageReference reference, IOperationLog log)
        : this(reference, new OciArchive(reference.Path, log), isShared: false)
    {
    }

    /// <summary>A store for one of several images that are written together: completing it stages the image in the archive.</summary>
    public OciArchiveStore(ImageReference reference, OciArchive archive)
        : this(reference, archive, isShared: true)
    {
    }

    /// <summary>Reads the existing and the staged images.</summary>
    public OciArchiveStore(OciArchive archive)
        : this(new ImageReference(Transport.OciArchive) { Path = archive.Path }, archive, isShared: true)
    {
    }

    private OciArchiveStore(ImageReference reference, OciArchive archive, bool isShared)
    {
        Repository = reference.WithTag(null);
        _archive = archive;
        _isShared = isShared;
        _replaces = reference.Tag is null && !reference.IsByDigest;
    }

    public ImageReference Repository { get; }

    public ManifestFormat PreferredFormat => ManifestFormat.Oci;

    public bool IsLocal => true;

    public bool KeepsManifests => true;

    public async Task<ManifestContent> ResolveAsync(
        ImageReference reference, IReadOnlyList<string> accept, CancellationToken cancellationToken)
    {
        ImageIndex index = await ReadIndexAsync(cancellationToken).ConfigureAwait(false);
        return await LayoutImageFinder.ResolveAsync(this, index, reference, _archive.FindSize, cancellationToken).ConfigureAwait(false);
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
        _archive.OpenBlobAsync(blob.Digest, cancellationToken);

    public async Task<bool> BlobExistsAsync(Descriptor blob, CancellationToken cancellationToken)
    {
        await _archive.BeginAsync(cancellationToken).ConfigureAwait(false);
        return BlobFile.Fits(blob, _archive.FindSize(blob.Digest));
    }

    public Task<WrittenBlob> WriteBlobAsync(BlobSource source, CancellationToken cancellationToken) =>
        _archive.WriteBlobAsync(source, cancellationToken);

    public async Task PutManifestAsync(ManifestContent manifest, string? tag, CancellationToken cancellationToken)
    {
        await PutChildAsync(manifest, cancellationToken).ConfigureAwait(false);
        bool replaces = _replaces && tag is null && ReferrerIndex.GetSubject(manifest, $"The manifest {manifest.Digest}") is null;
        _changes.Add(manifest.Descriptor, tag, replaces);
        _isComplete = false;
    }

    public Task PutChildAsync(ManifestContent manifest, CancellationToken cancellationToken) =>
        WriteBlobAsync(BlobSource.FromBytes(manifest.Bytes, manifest.Descriptor), cancellationToken);

    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (_isComplete)
        {
            return;
        }

        _archive.Stage(_changes);
        if (!_isShared)
        {
            await _archive.WriteAsync(cancellationToken).ConfigureAwait(false);
        }

        _isComplete = true;
    }

    public async Task<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, CancellationToken cancellationToken) =>
        await LayoutReferrers.ListAsync(
            this, await ReadIndexAsync(cancellationToken).ConfigureAwait(false), subject, cancellationToken).ConfigureAwait(false);

    /// <summary>Discards content that was put and not completed.</summary>
    public void Dispose()
    {
        if (!_isShared)
        {
            _archive.Dispose();
        }
    }

    private Task<ImageIndex> ReadIndexAsync(CancellationToken cancellationToken) => _archive.ReadIndexAsync(_changes, cancellationToken);
}
