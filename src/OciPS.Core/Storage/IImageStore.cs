// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Storage;

/// <summary>A place that holds images: the only thing that knows where bytes live.</summary>
internal interface IImageStore : IDisposable
{
    /// <summary>The place, without tag and digest.</summary>
    ImageReference Repository { get; }

    /// <summary>The family of media types that new images are written in here, unless the user says otherwise.</summary>
    ManifestFormat PreferredFormat { get; }

    /// <summary>Whether blobs are on this machine, so that reading one again costs no transfer.</summary>
    bool IsLocal { get; }

    /// <summary>Whether manifests are kept here byte for byte; where not, one is made up when an image is read.</summary>
    bool KeepsManifests { get; }

    /// <summary>Whether what refers to an image can be kept beside it.</summary>
    bool TakesReferrers { get; }

    /// <summary>Reads the manifest or index that a tag or digest names, checked against its digest.</summary>
    /// <exception cref="ContentNotFoundException">There is none.</exception>
    Task<ManifestContent> ResolveAsync(ImageReference reference, IReadOnlyList<string> accept, CancellationToken cancellationToken);

    /// <summary>The tags that there are, whatever characters they have.</summary>
    /// <exception cref="ContentNotFoundException">The place is not there.</exception>
    IAsyncEnumerable<string> ListTagsAsync(CancellationToken cancellationToken);

    /// <summary>Opens a blob. What comes out is not checked: <see cref="BlobReader"/> does that.</summary>
    /// <exception cref="ContentNotFoundException">There is no such blob.</exception>
    Task<Stream> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken);

    /// <summary>Opens a part of a blob, which is not checked either; null if only the whole can be had.</summary>
    /// <exception cref="ContentNotFoundException">There is no such blob.</exception>
    Task<Stream?> TryOpenBlobPartAsync(Descriptor blob, long offset, long length, CancellationToken cancellationToken) =>
        BlobReader.TryOpenPartAsync(this, blob, offset, length, cancellationToken);

    /// <summary>Finds content whose type is not known here, which may be kept as a blob or as a manifest.</summary>
    /// <exception cref="ContentNotFoundException">It is neither.</exception>
    async Task<ContentPlace> LocateAsync(Descriptor entry, CancellationToken cancellationToken) =>
        await BlobExistsAsync(entry, cancellationToken).ConfigureAwait(false) ? ContentPlace.Either : throw BlobReader.NoEntry(this, entry);

    /// <summary>
    /// Whether a blob that came damaged may come right when it is fetched again: once, and where something lies between that may have
    /// damaged it.
    /// </summary>
    bool MayComeRight(Digest blob) => false;

    /// <summary>Says that a blob came damaged: from then on it is fetched past mirrors and caches.</summary>
    void Distrust(Digest blob)
    {
    }

    /// <summary>
    /// Waits until this may write: a place for one image has one writer at a time, which has it until its manifest is put.
    /// </summary>
    Task BeginAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task<bool> BlobExistsAsync(Descriptor blob, CancellationToken cancellationToken);

    /// <summary>Writes a blob and says what was written.</summary>
    Task<WrittenBlob> WriteBlobAsync(BlobSource source, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a manifest or index whose blobs are there, and points a tag to it; without a tag it is found by its digest alone. It is there
    /// for good after <see cref="CompleteAsync"/>.
    /// </summary>
    Task PutManifestAsync(ManifestContent manifest, string? tag, CancellationToken cancellationToken);

    /// <summary>Writes a manifest or index that an index refers to: it is found by its digest, and is no image of its own.</summary>
    Task PutChildAsync(ManifestContent manifest, CancellationToken cancellationToken);

    /// <summary>Sees to it that what was put can be read by others: of a place that is written as a whole, only this writes it.</summary>
    Task CompleteAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What refers to a manifest as its subject.</summary>
    Task<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, CancellationToken cancellationToken);

    /// <summary>Takes a blob over from another place without a transfer, where that can be done.</summary>
    Task<bool> TryMountAsync(Descriptor blob, IImageStore from, CancellationToken cancellationToken);
}
