// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage.Capabilities;

namespace OciPS.Storage;

/// <summary>A store that computes manifests without writing them, to predict their digests.</summary>
internal sealed class DryRunStore(IImageStore inner) : IImageStore
{
    public ImageReference Repository => inner.Repository;

    public ManifestFormat PreferredFormat => inner.PreferredFormat;

    public bool IsLocal => inner.IsLocal;

    public bool KeepsManifests => inner.KeepsManifests;

    /// <summary>The inner store's capabilities for reading only.</summary>
    public T? As<T>()
        where T : class => typeof(T).IsAssignableTo(typeof(IReadCapability)) ? inner.As<T>() : null;

    public Task<ManifestContent> ResolveAsync(
        ImageReference reference, IReadOnlyList<string> accept, CancellationToken cancellationToken) =>
        inner.ResolveAsync(reference, accept, cancellationToken);

    public IAsyncEnumerable<string> ListTagsAsync(CancellationToken cancellationToken) => inner.ListTagsAsync(cancellationToken);

    public Task<Stream> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken) => inner.OpenBlobAsync(blob, cancellationToken);

    public Task<bool> BlobExistsAsync(Descriptor blob, CancellationToken cancellationToken) =>
        inner.BlobExistsAsync(blob, cancellationToken);

    public Task<WrittenBlob> WriteBlobAsync(BlobSource source, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Nothing is written here.");

    public Task PutManifestAsync(ManifestContent manifest, string? tag, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task PutChildAsync(ManifestContent manifest, CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => inner.Dispose();
}
