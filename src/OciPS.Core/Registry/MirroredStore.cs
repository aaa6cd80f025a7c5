// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Registry.Client;
using OciPS.Registry.Connections;
using OciPS.Registry.Download;
using OciPS.Registry.Resilience;
using OciPS.Storage;
using OciPS.Storage.Capabilities;

namespace OciPS.Registry;

/// <summary>
/// A repository whose manifests and blobs are read from mirrors first. Tags and referrers are listed by the registry itself: a mirror has
/// only those that were requested from it.
/// </summary>
/// <remarks><c>containers-registries.conf(5)</c>, "Mirrors".</remarks>
internal sealed class MirroredStore : IImageStore, IPartialReads, IContentLocator
{
    private readonly RegistryStore _registry;
    private readonly RegistryStore[] _mirrors;
    private readonly IOperationLog _log;
    private readonly ConcurrentDictionary<RegistryStore, bool> _unreachable = new(ReferenceEqualityComparer.Instance);

    public MirroredStore(
        ImageReference reference, IReadOnlyList<RegistryMirror> mirrors, Registries registries, IOperationLog log, RetryBudget budget)
    {
        _log = log;
        _registry = new RegistryStore(reference, registries, log, budget);
        // Mirrors have a short retry budget, since another source has the same content.
        _mirrors =
        [
            .. mirrors.Select(mirror => new RegistryStore(
                mirror.For(reference), registries, log, registries.NewBudget(registries.Options.MirrorBudget))),
        ];
    }

    public ImageReference Repository => _registry.Repository;

    public ManifestFormat PreferredFormat => _registry.PreferredFormat;

    public bool IsLocal => _registry.IsLocal;

    public bool KeepsManifests => _registry.KeepsManifests;

    public T? As<T>()
        where T : class => this as T ?? _registry as T;

    public Task<ManifestContent> ResolveAsync(
        ImageReference reference, IReadOnlyList<string> accept, CancellationToken cancellationToken) =>
        ReadAsync(
        $"'{reference}'",
        store => store.ResolveAsync(
            reference with { Registry = store.Repository.Registry, Repository = store.Repository.Repository }, accept, cancellationToken));

    public Task<Stream> OpenBlobAsync(Descriptor blob, CancellationToken cancellationToken)
    {
        string what = $"The blob {blob.Digest}";
        return ReadAsync(
            what,
            store => store.OpenBlobAsync(blob, cancellationToken),
            blob.Digest,
            (mirror, content) => GoingOn(
                what, mirror, content, async (done, token) => await _registry.OpenBlobFromAsync(blob, done, token).ConfigureAwait(false)));
    }

    public Task<Stream?> TryOpenBlobPartAsync(Descriptor blob, long offset, long length, CancellationToken cancellationToken)
    {
        string what = $"A part of the blob {blob.Digest}";
        return ReadAsync(
            what,
            store => store.TryOpenBlobPartAsync(blob, offset, length, cancellationToken),
            blob.Digest,
            (mirror, content) => content is null ? null : GoingOn(
                what, mirror, content, (done, token) => _registry.TryOpenBlobPartAsync(blob, offset + done, length - done, token)));
    }

    public IAsyncEnumerable<string> ListTagsAsync(CancellationToken cancellationToken) => _registry.ListTagsAsync(cancellationToken);

    public Task<ContentPlace> LocateAsync(Descriptor entry, CancellationToken cancellationToken) =>
        ReadAsync($"{entry.Digest}", store => store.LocateAsync(entry, cancellationToken));

    public Task<bool> BlobExistsAsync(Descriptor blob, CancellationToken cancellationToken) =>
        _registry.BlobExistsAsync(blob, cancellationToken);

    public Task<WrittenBlob> WriteBlobAsync(BlobSource source, CancellationToken cancellationToken) =>
        _registry.WriteBlobAsync(source, cancellationToken);

    public Task PutManifestAsync(ManifestContent manifest, string? tag, CancellationToken cancellationToken) =>
        _registry.PutManifestAsync(manifest, tag, cancellationToken);

    public Task PutChildAsync(ManifestContent manifest, CancellationToken cancellationToken) =>
        _registry.PutChildAsync(manifest, cancellationToken);

    public void Dispose() => _registry.Dispose();

    /// <summary>Content from a mirror, continued from the registry if the mirror breaks off.</summary>
    private FailoverStream GoingOn(string what, RegistryStore mirror, Stream content, Func<long, CancellationToken, Task<Stream?>> open) =>
        new(
        content,
        (done, error, token) =>
        {
            _unreachable[mirror] = true;
            _log.Verbose(
                $"{what} is continued from '{Repository.Name}' after {done} bytes from the mirror '{mirror.Repository.Name}': "
                    + $"{error.Message}",
                error.Remedy,
                error.RemedySubject);
            return open(done, token);
        });

    private async Task<T> ReadAsync<T>(
        string what, Func<RegistryStore, Task<T>> read, Digest blob = default, Func<RegistryStore, T, T>? guard = null)
    {
        // Damaged content may be damaged at each mirror.
        IEnumerable<RegistryStore> mirrors = blob.IsEmpty || _registry.CanRefetch(blob) ? _mirrors : [];
        foreach (RegistryStore mirror in mirrors)
        {
            if (_unreachable.ContainsKey(mirror))
            {
                continue;
            }

            try
            {
                T result = await read(mirror).ConfigureAwait(false);
                _log.Verbose($"{what} is read from the mirror '{mirror.Repository.Name}'.");
                return guard is null ? result : guard(mirror, result);
            }
            catch (OciException error)
            {
                if (error.ErrorId == ErrorIds.RegistryUnreachable)
                {
                    _unreachable[mirror] = true;
                }

                _log.Verbose(
                    $"{what} is not read from the mirror '{mirror.Repository.Name}': {error.Message}", error.Remedy, error.RemedySubject);
            }
        }

        return await read(_registry).ConfigureAwait(false);
    }
}
