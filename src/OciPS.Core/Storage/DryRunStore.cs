// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Storage;

/// <summary>A place that manifests are made for without being written: to know beforehand what their digests will be.</summary>
internal sealed class DryRunStore(IImageStore inner) : IImageStore
{
    public ImageReference Repository => inner.Repository;

    public ManifestFormat PreferredFormat => inner.PreferredFormat;

    public bool IsLocal => inner.IsLocal;

    public bool KeepsManifests => inner.KeepsManifests;

    public bool TakesReferrers => inner.TakesReferrers;

    public Task<ManifestContent> ResolveAsync(
        ImageReference reference, IReadOnlyList<string> accept, CancellationToken cancellationToken) =>
        inner.ResolveAsync(reference, accept, cancellationToken);

    public IAsyncEnumerable<string> ListTagsAsync(CancellationToken cancellationToken) => inner.ListTagsAsync(cancellationToken);

    public Task<Stream> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken) => inner.OpenBlobAsync(blob, cancellationToken);

    public bool MayComeRight(Digest blob) => inner.MayComeRight(blob);

    public void Distrust(Digest blob) => inner.Distrust(blob);

    public Task<bool> BlobExistsAsync(Descriptor blob, CancellationToken cancellationToken) =>
        inner.BlobExistsAsync(blob, cancellationToken);

    public Task<WrittenBlob> WriteBlobAsync(BlobSource source, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Nothing is written here.");

    public Task PutManifestAsync(ManifestContent manifest, string? tag, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task PutChildAsync(ManifestContent manifest, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, CancellationToken cancellationToken) =>
        inner.ListReferrersAsync(subject, cancellationToken);

    public Task<bool> TryMountAsync(Descriptor blob, IImageStore from, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Nothing is written here.");

    public void Dispose() => inner.Dispose();
}
