// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage.Capabilities;

namespace OciPS.Storage;

/// <summary>A place that holds images: the only thing that knows where bytes live.</summary>
/// <remarks>
/// This is what every store does. What only some do has an interface of its own, which is asked for with <see cref="As{T}"/>.
/// </remarks>
internal interface IImageStore : IDisposable
{
    /// <summary>
    /// A capability that not every store has, <see cref="IMountable"/> for instance; null where this one does not have it.
    /// </summary>
    /// <remarks>A store that wraps another one answers for both.</remarks>
    T? As<T>()
        where T : class => this as T;

    /// <summary>The place, without tag and digest.</summary>
    ImageReference Repository { get; }

    /// <summary>The family of media types that new images are written in here, unless the user says otherwise.</summary>
    ManifestFormat PreferredFormat { get; }

    /// <summary>Whether blobs are on this machine, so that reading one again costs no transfer.</summary>
    bool IsLocal { get; }

    /// <summary>Whether manifests are kept here byte for byte; where not, one is made up when an image is read.</summary>
    bool KeepsManifests { get; }

    /// <summary>Reads the manifest or index that a tag or digest names, checked against its digest.</summary>
    /// <exception cref="ContentNotFoundException">There is none.</exception>
    Task<ManifestContent> ResolveAsync(ImageReference reference, IReadOnlyList<string> accept, CancellationToken cancellationToken);

    /// <summary>The tags that there are, whatever characters they have.</summary>
    /// <exception cref="ContentNotFoundException">The place is not there.</exception>
    IAsyncEnumerable<string> ListTagsAsync(CancellationToken cancellationToken);

    /// <summary>Opens a blob. What comes out is not checked: <see cref="BlobReader"/> does that.</summary>
    /// <exception cref="ContentNotFoundException">There is no such blob.</exception>
    Task<Stream> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken);

    Task<bool> BlobExistsAsync(Descriptor blob, CancellationToken cancellationToken);

    /// <summary>Writes a blob and says what was written.</summary>
    Task<WrittenBlob> WriteBlobAsync(BlobSource source, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a manifest or index whose blobs are there, and points a tag to it; without a tag it is found by its digest alone. Where the
    /// store is an <see cref="IStagedStore"/>, it is there for good when that is complete.
    /// </summary>
    Task PutManifestAsync(ManifestContent manifest, string? tag, CancellationToken cancellationToken);

    /// <summary>Writes a manifest or index that an index refers to: it is found by its digest, and is no image of its own.</summary>
    Task PutChildAsync(ManifestContent manifest, CancellationToken cancellationToken);
}
