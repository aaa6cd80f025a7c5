// SPDX-License-Identifier: MIT

using OciPS.Layers.Listings;
using OciPS.Manifests;
using OciPS.Storage;

namespace OciPS.Layers;

/// <summary>
/// Reads the content of files of a layer with a table of contents: only the pieces that it is in, or on in the running stream if they are
/// near.
/// </summary>
internal sealed class TocCursor(IImageStore store, Descriptor layer, int index, LayerToc contents, IOperationLog log) : IDisposable
{
    private const long Near = 512 * 1024;

    private readonly string _what = $"Layer {index} ({layer.Digest})";
    private readonly LayerCursor _whole = new(store, layer, index, null, log);
    private RangedLayerStream? _parts;
    private TocContent? _content;
    private long _position;

    /// <summary>The content of an entry; gone when the next one is asked for.</summary>
    public async Task<Stream> OpenAsync(TocEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Chunks.Count == 0)
        {
            return entry.Entry.Size == 0 ? Stream.Null : await _whole.OpenAsync(entry.Entry, cancellationToken).ConfigureAwait(false);
        }

        _position = _content?.CompressedPosition ?? _position;
        _content?.Dispose();
        long start = entry.Chunks[0].Start;
        if (_parts is null || start < _position || start - _position > Near)
        {
            _parts?.Dispose();
            _parts = new RangedLayerStream(store, layer, null, _what, log, start);
            _position = start;
        }

        if (!await _parts.TryExtendAsync(entry.Chunks[^1].End, cancellationToken).ConfigureAwait(false))
        {
            // It answered before as one that has parts.
            throw new InvalidContentException(ErrorIds.SizeMismatch, $"{_what} has no data at {start}: it was cut short or changed.");
        }

        _content = new TocContent(_parts, _position, entry.Chunks, contents.Compression, _what);
        return _content;
    }

    /// <summary>Checks all of the layer, if it was read from its beginning.</summary>
    public Task FinishAsync(CancellationToken cancellationToken) => _whole.FinishAsync(cancellationToken);

    public void Dispose()
    {
        _content?.Dispose();
        _parts?.Dispose();
        _whole.Dispose();
    }
}
