// SPDX-License-Identifier: MIT

using OciPS.Layers;
using OciPS.Tar;

namespace OciPS.Files;

/// <summary>
/// Lists layers before it is their turn, the largest first, on cores that have nothing else to do: where nobody asks for
/// content, which passes by only when it is their turn.
/// </summary>
/// <param name="layers">The image's layers.</param>
/// <param name="list">Lists a layer.</param>
internal sealed class LayerPrefetcher(
    IReadOnlyList<Layer> layers, Func<int, CancellationToken, IAsyncEnumerable<ImageFile>> list) : IAsyncDisposable
{
    // A pipeline that stops after a few files should not pay for more; nor should one that reads content, as most do with the first files.
    private const int FilesBeforePrefetch = 100;

    // What is held for layers whose turn comes later, some 40 MB.
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

    /// <summary>Learns what became of a file of a layer; begins when many have passed whose content nobody asked for.</summary>
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
                // One core is the listed layer's own.
                BeginWork(LayerReader.LayersAtOnce - 1);
            }
        }
    }

    /// <summary>The entries of a layer whose turn it is; null if it is to be read now.</summary>
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
                // Who waits needs no core.
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

    /// <summary>
    /// The entries of a layer; null if there are too many of them, or the layer is damaged: that is reported in its turn.
    /// </summary>
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
            // Whoever needs the layer reads it, and meets the same.
        }

        Interlocked.Add(ref _held, isWhole ? 0 : -entries.Count);
        return isWhole ? entries : null;
    }

    private async Task<bool> TryReadAsync(int index, List<TarEntry> entries)
    {
        await foreach (ImageFile file in list(index, _stop.Token).ConfigureAwait(false))
        {
            // What a layer's own table of contents says needs no time, and content is found in another way there.
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
