// SPDX-License-Identifier: MIT

using OciPS.Layers.Listings;
using OciPS.Tar;

namespace OciPS.Layers;

/// <summary>
/// The entries of a layer's own table of contents. Only the needed chunks of content are read; the current download continues if they are
/// near.
/// </summary>
internal sealed class TocEntries(Layer layer, LayerToc contents) : LayerEntries
{
    private const long Near = 512 * 1024;

    private readonly LayerCursor _whole = new(layer, null);
    private RangedLayerStream? _parts;
    private TocContent? _content;
    private long _position;
    private int _current = -1;

    public override ValueTask<TarEntry?> ReadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<TarEntry?>(++_current < contents.Entries.Count ? contents.Entries[_current].Entry : null);
    }

    public override Task FinishAsync(CancellationToken cancellationToken) => _whole.FinishAsync(cancellationToken);

    public override void Dispose()
    {
        _content?.Dispose();
        _parts?.Dispose();
        _whole.Dispose();
    }

    protected override async Task<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        TocEntry entry = contents.Entries[_current];
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
            _parts = new RangedLayerStream(layer, null, start);
            _position = start;
        }

        if (!await _parts.TryExtendAsync(entry.Chunks[^1].End, cancellationToken).ConfigureAwait(false))
        {
            // The store supported ranges when the table of contents was read.
            throw new InvalidContentException(ErrorIds.SizeMismatch, $"{layer} has no data at {start}: it was cut short or changed.");
        }

        _content = new TocContent(_parts, _position, entry.Chunks, contents.Compression, layer.Name);
        return _content;
    }
}
