// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage.Capabilities;

namespace OciPS.Storage;

/// <summary>A place that holds images. Only stores know where bytes are kept.</summary>
/// <remarks>The operations of every store. Optional capabilities have their own interfaces; see <see cref="As{T}"/>.</remarks>
internal interface IImageStore : IDisposable
{
    /// <summary>An optional capability, <see cref="IMountable"/> for example; null if the store lacks it.</summary>
    /// <remarks>A store that wraps another one answers for both.</remarks>
    T? As<T>()
        where T : class => this as T;

    /// <summary>The place, without tag and digest.</summary>
    ImageReference Repository { get; }

    /// <summary>The default family of media types for new images here.</summary>
    ManifestFormat PreferredFormat { get; }

    /// <summary>Whether blobs are on this machine, so that reading one again needs no transfer.</summary>
    bool IsLocal { get; }

    /// <summary>Whether manifests keep their bytes; if not, one is generated when an image is read.</summary>
    bool KeepsManifests { get; }

    /// <summary>Reads the manifest or index of a tag or digest, verified against its digest.</summary>
    /// <exception cref="ContentNotFoundException">It does not exist.</exception>
    Task<ManifestContent> ResolveAsync(ImageReference reference, IReadOnlyList<string> accept, CancellationToken cancellationToken);

    /// <summary>All tags, whatever characters they contain.</summary>
    /// <exception cref="ContentNotFoundException">The place does not exist.</exception>
    IAsyncEnumerable<string> ListTagsAsync(CancellationToken cancellationToken);

    /// <summary>Opens a blob, without verification: <see cref="BlobReader"/> verifies.</summary>
    /// <exception cref="ContentNotFoundException">There is no such blob.</exception>
    Task<Stream> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken);

    Task<bool> BlobExistsAsync(Descriptor blob, CancellationToken cancellationToken);

    /// <summary>Writes a blob; returns its digest and size.</summary>
    Task<WrittenBlob> WriteBlobAsync(BlobSource source, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a manifest or index whose blobs are stored, and points a tag to it; without a tag it is found only by its digest. An <see
    /// cref="IStagedStore"/> stores it permanently on completion.
    /// </summary>
    Task PutManifestAsync(ManifestContent manifest, string? tag, CancellationToken cancellationToken);

    /// <summary>Writes a manifest or index that belongs to an index: it is found by its digest, and is not an image of its own.</summary>
    Task PutChildAsync(ManifestContent manifest, CancellationToken cancellationToken);
}
