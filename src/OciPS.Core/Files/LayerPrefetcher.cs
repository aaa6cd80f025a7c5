// SPDX-License-Identifier: MIT

using OciPS.Layers;
using OciPS.Tar;

namespace OciPS.Files;

/// <summary>
/// Lists layers ahead of time on idle cores, the largest first, if the caller does not read content: live content is available only during
/// the normal listing.
/// </summary>
/// <param name="layers">The image's layers.</param>
/// <param name="list">Lists a layer.</param>
internal sealed class LayerPrefetcher(
    IReadOnlyList<Layer> layers, Func<int, CancellationToken, IAsyncEnumerable<ImageFile>> list) : IAsyncDisposable
{
    // Few files or content reads, which usually start with the first files, should not cost a prefetch.
    private const int FilesBeforePrefetch = 100;

    // The most entries held for later layers, about 40 MB.
    private const int MostEntries = 100_000;

    private readonly object _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<int> _waiting = [];
    private readonly Dictionary<int, Task<IReadOnlyList<TarEntry>?>> _scans = [];
    private readonly List<Task> _workers = [];
    private int _atWork;
    private int _held;
    private int _seen;
    private bool _isContentWanted;

    /// <summary>Called for each listed file; starts prefetching after enough files whose content was not read.</summary>
    public void Saw(int index, ImageFile file)
    {
        if (_seen >= FilesBeforePrefetch || _isContentWanted)
        {
            return;
        }

        _isContentWanted = file.IsContentTaken;
        if (!_isContentWanted && ++_seen == FilesBeforePrefetch)
        {
            lock (_lock)
            {
                _waiting.AddRange(Enumerable.Range(index + 1, layers.Count - index - 1).OrderByDescending(other => layers[other].Size));
                // One core is left for the layer that is being listed.
                BeginWork(LayerReader.LayersAtOnce - 1);
            }
        }
    }

    /// <summary>The entries of the next layer; null if it has to be read now.</summary>
    public async Task<IReadOnlyList<TarEntry>?> TakeAsync(int index, CancellationToken cancellationToken)
    {
        Task<IReadOnlyList<TarEntry>?>? scan;
        lock (_lock)
        {
            _waiting.Remove(index);
            if (!_scans.Remove(index, out scan))
            {
                return null;
            }

            if (!scan.IsCompleted)
            {
                // While the caller waits, it uses no core.
                BeginWork(LayerReader.LayersAtOnce);
            }
        }

        IReadOnlyList<TarEntry>? entries = await scan.WaitAsync(cancellationToken).ConfigureAwait(false);
        Interlocked.Add(ref _held, -(entries?.Count ?? 0));
        return entries;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_workers).ConfigureAwait(false);
        _stop.Dispose();
    }

    private void BeginWork(int most)
    {
        for (int left = _waiting.Count; left > 0 && _atWork < most; left--)
        {
            _atWork++;
            _workers.Add(Task.Run(WorkAsync, CancellationToken.None));
        }
    }

    private async Task WorkAsync()
    {
        while (Next() is { } scan)
        {
            await scan.ConfigureAwait(false);
        }
    }

    private Task<IReadOnlyList<TarEntry>?>? Next()
    {
        lock (_lock)
        {
            if (_waiting.Count == 0 || _stop.IsCancellationRequested)
            {
                _atWork--;
                return null;
            }

            int index = _waiting[0];
            _waiting.RemoveAt(0);
            return _scans[index] = Task.Run(() => ScanAsync(index), CancellationToken.None);
        }
    }

    /// <summary>The entries of a layer; null if there are too many, or the layer is damaged, which the normal listing reports.</summary>
    private async Task<IReadOnlyList<TarEntry>?> ScanAsync(int index)
    {
        var entries = new List<TarEntry>();
        bool isWhole = false;
        try
        {
            isWhole = await TryReadAsync(index, entries).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OciException or OperationCanceledException or IOException or UnauthorizedAccessException)
        {
            // The normal listing reads the layer and reports the same error.
        }

        Interlocked.Add(ref _held, isWhole ? 0 : -entries.Count);
        return isWhole ? entries : null;
    }

    private async Task<bool> TryReadAsync(int index, List<TarEntry> entries)
    {
        await foreach (ImageFile file in list(index, _stop.Token).ConfigureAwait(false))
        {
            // A table of contents is quick to read, and its content is found differently.
            if (!file.Entry.HasPlace || Volatile.Read(ref _held) >= MostEntries)
            {
                return false;
            }

            entries.Add(file.Entry);
            Interlocked.Increment(ref _held);
        }

        return true;
    }
}
