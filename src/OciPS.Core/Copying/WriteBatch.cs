// SPDX-License-Identifier: MIT

using OciPS.References;
using OciPS.Storage;
using OciPS.Storage.Layouts;

namespace OciPS.Copying;

/// <summary>The images of one pipeline that go into OCI archives: each archive is rewritten once, when all of them are there.</summary>
/// <typeparam name="T">What its caller keeps about an image until it can be read.</typeparam>
/// <param name="log">Is told what happens.</param>
internal sealed class WriteBatch<T>(IOperationLog log) : IDisposable
{
    private readonly Dictionary<string, Waiting> _archives = new(StringComparer.Ordinal);

    /// <summary>The archives that images wait for.</summary>
    public IReadOnlyList<string> Paths => [.. _archives.Keys];

    /// <summary>
    /// Whether something that waits is read by a reference, or would be replaced under it: then it has to be written first.
    /// </summary>
    public bool Holds(ImageReference reference) => reference is { Transport: Transport.OciArchive, IsUntagged: false }
        && _archives.TryGetValue(reference.Path, out Waiting? waiting)
        && waiting.Images.Count > 0
        && (reference.Tag is not { } tag || reference.Digest is not null || waiting.Tags.Contains(tag));

    /// <summary>Writes an image that waits, complete, for <see cref="FinishAsync"/>.</summary>
    /// <param name="destinations">Its references, all in one archive.</param>
    /// <param name="write">Writes it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task AddAsync(
        IReadOnlyList<ImageReference> destinations, Func<IImageStore, Task<T>> write, CancellationToken cancellationToken)
    {
        string path = destinations[0].Path;
        if (!_archives.TryGetValue(path, out Waiting? waiting))
        {
            _archives[path] = waiting = new Waiting(new OciArchive(path, log));
        }

        using var store = new OciArchiveStore(destinations[0], waiting.Archive);
        T written = await write(store).ConfigureAwait(false);
        await store.CompleteAsync(cancellationToken).ConfigureAwait(false);
        waiting.Images.Add(written);
        waiting.Tags.UnionWith(destinations.Select(destination => destination.Tag).OfType<string>());
    }

    /// <summary>Writes an archive; gives what waited for it, and the error if it could not be written.</summary>
    public async Task<(IReadOnlyList<T> Images, Exception? Error)> FinishAsync(
        string path, Func<Exception, bool> isExpected, CancellationToken cancellationToken)
    {
        if (!_archives.Remove(path, out Waiting? waiting))
        {
            return ([], null);
        }

        using OciArchive archive = waiting.Archive;
        try
        {
            if (waiting.Images.Count > 0)
            {
                await archive.WriteAsync(cancellationToken).ConfigureAwait(false);
            }

            return (waiting.Images, null);
        }
        catch (Exception error) when (isExpected(error))
        {
            return (waiting.Images, error);
        }
    }

    /// <summary>Forgets what is not written.</summary>
    public void Dispose()
    {
        foreach (Waiting waiting in _archives.Values)
        {
            waiting.Archive.Dispose();
        }
    }

    private sealed record Waiting(OciArchive Archive)
    {
        public List<T> Images { get; } = [];

        public HashSet<string> Tags { get; } = new(StringComparer.Ordinal);
    }
}
