// SPDX-License-Identifier: MIT

using OciPS.Layers.Listings;
using OciPS.Manifests;
using OciPS.Storage;
using OciPS.Tar;

namespace OciPS.Layers;

/// <summary>
/// Reads content out of a layer whose entries are known: not before it is asked for, and only the part that it is in, where that can be
/// had.
/// </summary>
internal sealed class LayerCursor : IDisposable
{
    private readonly IImageStore _store;
    private readonly Descriptor _layer;
    private readonly int _index;
    private readonly IOperationLog _log;
    private LayerSeeker? _seeker;
    private LayerReader? _reader;
    private int _next;

    /// <param name="store">Where the layer is.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="index">Its number in the manifest, from 0.</param>
    /// <param name="known">What is known of it; null if that is not kept.</param>
    /// <param name="log">Receives progress.</param>
    public LayerCursor(IImageStore store, Descriptor layer, int index, LayerListing? known, IOperationLog log)
    {
        (_store, _layer, _index, _log) = (store, layer, index, log);
        _seeker = known is { Map.IsUsable: true } ? new LayerSeeker(store, layer, known.Map, $"Layer {index} ({layer.Digest})", log) : null;
    }

    /// <summary>The content of an entry; gone when the next one is asked for.</summary>
    public async Task<Stream> OpenAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        if (_seeker is not null && entry.HasPlace)
        {
            if (await _seeker.TryOpenAsync(entry, cancellationToken).ConfigureAwait(false) is { } content)
            {
                return content;
            }

            _log.Verbose($"Layer {_index} ({_layer.Digest}) is read from its beginning: it cannot be read in parts.");
            _seeker.Dispose();
            _seeker = null;
        }

        return await ReadToAsync(entry, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Checks all of the layer, if it was read from its beginning.</summary>
    public Task FinishAsync(CancellationToken cancellationToken) => _reader?.FinishAsync(cancellationToken) ?? Task.CompletedTask;

    public void Dispose()
    {
        _seeker?.Dispose();
        _reader?.Dispose();
    }

    private async Task<Stream> ReadToAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        if (_reader is null || _next > entry.Ordinal)
        {
            _reader?.Dispose();
            _next = 0;
            _reader = await LayerReader.OpenAsync(
                _store, _layer, _index, _log, null, LayerHashing.None, cancellationToken).ConfigureAwait(false);
        }

        while (await _reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } found)
        {
            _next = found.Ordinal + 1;
            if (found.Ordinal == entry.Ordinal)
            {
                return _reader.OpenContent();
            }
        }

        throw new ContentNotFoundException(ErrorIds.FileNotFoundInImage, $"'{entry.Name}' is no longer in the layer {_layer.Digest}.");
    }
}
