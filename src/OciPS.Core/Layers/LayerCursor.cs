// SPDX-License-Identifier: MIT

using OciPS.Layers.Listings;
using OciPS.Tar;

namespace OciPS.Layers;

/// <summary>Reads content from a layer with known entries: on request, and only the needed range where the store supports that.</summary>
internal sealed class LayerCursor : IDisposable
{
    private readonly Layer _layer;
    private LayerSeeker? _seeker;
    private LayerReader? _reader;
    private int _next;

    /// <param name="layer">The layer.</param>
    /// <param name="known">The cached listing; null if there is none.</param>
    public LayerCursor(Layer layer, LayerListing? known)
    {
        _layer = layer;
        _seeker = known is { Map.IsUsable: true } ? new LayerSeeker(layer, known.Map) : null;
    }

    /// <summary>The content of an entry, valid until the next one is requested.</summary>
    public async Task<Stream> OpenAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        if (_seeker is not null && entry.HasPlace)
        {
            if (await _seeker.TryOpenAsync(entry, cancellationToken).ConfigureAwait(false) is { } content)
            {
                return content;
            }

            _layer.Log.Verbose($"{_layer} is read from its beginning: it cannot be read in parts.");
            _seeker.Dispose();
            _seeker = null;
        }

        return await ReadToAsync(entry, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Checks the whole layer, if it was read from its beginning.</summary>
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
            _reader = await _layer.OpenReaderAsync(cancellationToken).ConfigureAwait(false);
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
