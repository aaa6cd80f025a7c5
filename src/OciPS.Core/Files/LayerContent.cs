// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.IO;
using OciPS.Layers;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;
using OciPS.Tar;

namespace OciPS.Files;

/// <summary>
/// The contents of a layer's files, in any order. The layer is read forwards while the requests are in order; once repeated reads have cost
/// as much as the whole layer, it is decompressed once into a spool file, which serves all later requests.
/// </summary>
internal sealed class LayerContent(OciSession session, ImageReference image, IReadOnlyList<Descriptor> layers, int index) : IDisposable
{
    // Limits how long an unused connection stays open.
    private static readonly TimeSpan s_idleTime = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly object _lock = new();
    private ForwardReading? _idle;
    private Timer? _timer;
    private SpoolFile? _spool;
    private long _size;
    private long _spent;
    private bool _isClosed;

    /// <summary>Records an entry: the last one gives the layer's decompressed size.</summary>
    public void See(TarEntry entry) => _size = Math.Max(_size, entry.End);

    /// <summary>Opens the content of an entry.</summary>
    public async Task<Stream> OpenAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Take(entry) is { } begun)
            {
                return await OpenAsync(begun, entry, cancellationToken).ConfigureAwait(false);
            }

            if (_spool is null && (_spent <= _size || _isClosed))
            {
                _spent += entry.End;
                return await OpenAsync(
                    await BeginAsync(cancellationToken).ConfigureAwait(false), entry, cancellationToken).ConfigureAwait(false);
            }

            _spool ??= await SpoolAsync(cancellationToken).ConfigureAwait(false);
            return await OpenSpooledAsync(_spool, entry, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            _timer?.Dispose();
            _idle?.Dispose();
            _idle = null;
        }

        _spool?.Dispose();
        _spool = null;
    }

    private async Task<Stream> OpenAsync(ForwardReading reading, TarEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            Stream content = await reading.Cursor.OpenAsync(entry, cancellationToken).ConfigureAwait(false);
            reading.Next = entry.Ordinal + 1;
            return new LentStream(this, reading, content);
        }
        catch
        {
            reading.Dispose();
            throw;
        }
    }

    private async Task<ForwardReading> BeginAsync(CancellationToken cancellationToken)
    {
        OperationContext operation = session.BeginQuietly();
        IImageStore store = await StoreFactory.OpenAsync(image, operation, cancellationToken).ConfigureAwait(false);
        return new ForwardReading(store, await GetLayer(store, operation).OpenContentAsync(cancellationToken).ConfigureAwait(false));
    }

    private async Task<SpoolFile> SpoolAsync(CancellationToken cancellationToken)
    {
        OperationContext operation = session.BeginQuietly();
        using IImageStore store = await StoreFactory.OpenAsync(image, operation, cancellationToken).ConfigureAwait(false);
        Layer layer = GetLayer(store, operation);
        return await BlobReader.ReadAgainAsync(token => SpoolAsync(layer, token), cancellationToken).ConfigureAwait(false);
    }

    private Layer GetLayer(IImageStore store, OperationContext operation) => new(store, image, layers, index, operation);

    private static async Task<SpoolFile> SpoolAsync(Layer layer, CancellationToken cancellationToken)
    {
        using LayerReader reader = await layer.OpenReaderAsync(cancellationToken).ConfigureAwait(false);
        var spool = SpoolFile.Create();
        try
        {
            await spool.WriteAllAsync(reader.Decompressed, cancellationToken).ConfigureAwait(false);
            await reader.FinishAsync(cancellationToken).ConfigureAwait(false);
            return spool;
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    private async Task<Stream> OpenSpooledAsync(SpoolFile spool, TarEntry entry, CancellationToken cancellationToken)
    {
        // A single entry is a valid tar as well.
        var reader = new TarReader(
            spool.OpenRead(entry.Start, Math.Min(entry.End, spool.Length) - entry.Start), Layer.GetName(index, layers[index].Digest));
        try
        {
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is not null
                ? new CompositeDisposeStream(reader.OpenContent(), reader)
                : throw new ContentNotFoundException(
                    ErrorIds.FileNotFoundInImage, $"'{entry.Name}' is no longer in the layer {layers[index].Digest}.");
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Takes the idle reader, if it is not past an entry.</summary>
    private ForwardReading? Take(TarEntry entry)
    {
        lock (_lock)
        {
            ForwardReading? taken = _idle is { } idle && idle.Next <= entry.Ordinal ? idle : null;
            if (taken is not null)
            {
                _idle = null;
            }

            return taken;
        }
    }

    private void GiveBack(ForwardReading reading)
    {
        lock (_lock)
        {
            ForwardReading? surplus = _isClosed ? reading : _idle;
            _idle = _isClosed ? null : reading;
            surplus?.Dispose();
            if (!_isClosed)
            {
                _timer ??= new Timer(static state => ((LayerContent)state!).DropIdle(), this, Timeout.Infinite, Timeout.Infinite);
                _timer.Change(s_idleTime, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void DropIdle()
    {
        lock (_lock)
        {
            _idle?.Dispose();
            _idle = null;
        }
    }

    /// <summary>A layer that is read forwards.</summary>
    private sealed class ForwardReading(IImageStore store, LayerCursor cursor) : IDisposable
    {
        public LayerCursor Cursor => cursor;

        /// <summary>The ordinal of the first entry that can still be read.</summary>
        public int Next { get; set; }

        public void Dispose()
        {
            cursor.Dispose();
            store.Dispose();
        }
    }

    /// <summary>Content that returns the reader at its end, unless a read failed.</summary>
    private sealed class LentStream(LayerContent owner, ForwardReading reading, Stream content) : ForwardStream
    {
        private bool _isWhole = true;
        private bool _isDone;

        public override long Length => content.Length;

        public override int Read(Span<byte> buffer)
        {
            bool isWhole = _isWhole;
            _isWhole = false;
            int count = content.Read(buffer);
            _isWhole = isWhole;
            return count;
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            bool isWhole = _isWhole;
            _isWhole = false;
            int count = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            _isWhole = isWhole;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_isDone)
            {
                _isDone = true;
                content.Dispose();
                if (_isWhole)
                {
                    owner.GiveBack(reading);
                }
                else
                {
                    reading.Dispose();
                }
            }

            base.Dispose(disposing);
        }
    }
}
