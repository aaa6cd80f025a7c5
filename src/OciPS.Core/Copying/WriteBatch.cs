// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Copying;

/// <summary>
/// The images of one pipeline that go into files such as OCI archives: each file is rewritten once, after all images were added.
/// </summary>
/// <typeparam name="T">The caller's data about an image until the file is written.</typeparam>
/// <param name="operation">Receives diagnostics.</param>
internal sealed class WriteBatch<T>(OperationContext operation) : IDisposable
{
    private readonly Dictionary<string, Waiting> _places = new(StringComparer.Ordinal);

    /// <summary>The names of the files with pending images.</summary>
    public IReadOnlyList<string> Places => [.. _places.Keys];

    /// <summary>Whether a reference reads or replaces a pending image, which then has to be written first.</summary>
    public bool Holds(ImageReference reference) => !reference.IsUntagged
        && _places.TryGetValue(reference.Name, out Waiting? waiting)
        && waiting.Images.Count > 0
        && (reference.Tag is not { } tag || reference.Digest is not null || waiting.Tags.Contains(tag));

    /// <summary>Adds a complete image, pending until <see cref="FinishAsync"/>.</summary>
    /// <param name="destinations">Its references, all in one file that takes several images at once.</param>
    /// <param name="write">Writes the image.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task AddAsync(
        IReadOnlyList<ImageReference> destinations, Func<IImageStore, Task<T>> write, CancellationToken cancellationToken)
    {
        string place = destinations[0].Name;
        if (!_places.TryGetValue(place, out Waiting? waiting))
        {
            _places[place] = waiting = new Waiting(StoreFactory.OpenBatch(destinations[0], operation));
        }

        using IImageStore store = waiting.Batch.OpenDestination(destinations[0]);
        T written = await write(store).ConfigureAwait(false);
        await store.CompleteAsync(cancellationToken).ConfigureAwait(false);
        waiting.Images.Add(written);
        waiting.Tags.UnionWith(destinations.Select(destination => destination.Tag).OfType<string>());
    }

    /// <summary>Writes a file; returns its pending images, and the error if it could not be written.</summary>
    public async Task<(IReadOnlyList<T> Images, Exception? Error)> FinishAsync(
        string place, Func<Exception, bool> isExpected, CancellationToken cancellationToken)
    {
        if (!_places.Remove(place, out Waiting? waiting))
        {
            return ([], null);
        }

        using IStoreBatch batch = waiting.Batch;
        try
        {
            if (waiting.Images.Count > 0)
            {
                await batch.WriteAsync(cancellationToken).ConfigureAwait(false);
            }

            return (waiting.Images, null);
        }
        catch (Exception error) when (isExpected(error))
        {
            return (waiting.Images, error);
        }
    }

    /// <summary>Discards pending images.</summary>
    public void Dispose()
    {
        foreach (Waiting waiting in _places.Values)
        {
            waiting.Batch.Dispose();
        }
    }

    private sealed record Waiting(IStoreBatch Batch)
    {
        public List<T> Images { get; } = [];

        public HashSet<string> Tags { get; } = new(StringComparer.Ordinal);
    }
}
