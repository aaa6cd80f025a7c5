// SPDX-License-Identifier: MIT

using OciPS.Compression;
using OciPS.Compression.Gzip;
using OciPS.IO;
using OciPS.Layers.Listings;
using OciPS.Tar;

namespace OciPS.Layers;

/// <summary>
/// Reads the content of entries of a layer with a cached listing: starts at the point before an entry, or continues if it is near.
/// </summary>
internal sealed class LayerSeeker(Layer layer, SeekIndex map) : IStoredContent, IDisposable
{
    private RangedLayerStream? _parts;
    private LayerDecompressor? _content;
    private TarEntry? _current;
    private long _position;

    /// <summary>The content of an entry, valid until the next request; null if the store supports no ranges.</summary>
    public async Task<Stream?> TryOpenAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        _current = null;
        long start = entry.ContentStart + entry.MapLength;
        long end = entry.ContentStart + entry.StoredSize;
        if (start < end && !await TryMoveAsync(start, end, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        _current = entry;
        return new TarContentStream(this, entry);
    }

    public async ValueTask<int> ReadStoredAsync(TarEntry entry, Memory<byte> buffer, CancellationToken cancellationToken) =>
        Took(
            await GetContent(entry).ReadAsync(buffer[..Limit(entry, buffer.Length)], cancellationToken).ConfigureAwait(false),
            buffer.Length);

    public int ReadStored(TarEntry entry, Span<byte> buffer) =>
        Took(GetContent(entry).Read(buffer[..Limit(entry, buffer.Length)]), buffer.Length);

    public void Dispose() => Close();

    private async Task<bool> TryMoveAsync(long start, long end, CancellationToken cancellationToken)
    {
        int point = map.NumberBefore(start);
        bool isNear = _content is not null && _position <= start && point <= map.NumberBefore(_position) + 1;
        if (!isNear)
        {
            Close();
            InflatePoint from = map.GetPoint(point);
            _parts = new RangedLayerStream(
                layer.With(layer.Descriptor with { Size = map.Hashes.Size }),
                map.Hashes,
                (from.Bit >> 3) / BlockHashes.BlockSize * BlockHashes.BlockSize);
        }

        if (!await _parts!.TryExtendAsync(map.GetEnd(end), cancellationToken).ConfigureAwait(false))
        {
            Close();
            return false;
        }

        if (_content is null)
        {
            await EnterAsync(map.GetPoint(point), cancellationToken).ConfigureAwait(false);
        }

        await SkipAsync(_content!, start - _position, cancellationToken).ConfigureAwait(false);
        _position = start;
        return true;
    }

    private async Task EnterAsync(InflatePoint from, CancellationToken cancellationToken)
    {
        await SkipAsync(_parts!, (from.Bit >> 3) % BlockHashes.BlockSize, cancellationToken).ConfigureAwait(false);
        _content = LayerDecompressor.Enter(_parts!, map.Compression, from, layer.Name);
        _position = from.Position;
    }

    private async Task SkipAsync(ForwardStream stream, long count, CancellationToken cancellationToken)
    {
        using var buffer = new PooledBuffer(64 * 1024);
        while (count > 0)
        {
            int most = (int)Math.Min(count, buffer.Array.Length);
            int skipped = await stream.SkipAsync(most, cancellationToken).ConfigureAwait(false);
            skipped += skipped > 0 ? 0 : await stream.ReadAsync(buffer.Memory[..most], cancellationToken).ConfigureAwait(false);
            count -= skipped > 0 ? skipped : throw CutShort();
        }
    }

    private LayerDecompressor GetContent(TarEntry entry) => entry == _current && _content is not null
        ? _content
        : throw new InvalidOperationException($"The content of '{entry.Name}' was passed over already.");

    private int Limit(TarEntry entry, int wanted) => (int)Math.Min(wanted, entry.ContentStart + entry.StoredSize - _position);

    private int Took(int count, int wanted)
    {
        _position += count;
        return count > 0 || wanted == 0 ? count : throw CutShort();
    }

    private InvalidContentException CutShort() => new(ErrorIds.InvalidTar, $"{layer} ends earlier than before.");

    private void Close()
    {
        _content?.Dispose();
        _parts?.Dispose();
        (_content, _parts) = (null, null);
    }
}
