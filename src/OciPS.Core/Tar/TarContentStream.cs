// SPDX-License-Identifier: MIT

using OciPS.IO;

namespace OciPS.Tar;

/// <summary>The content of the current entry of a reader; a sparse file's holes read as zeros.</summary>
internal sealed class TarContentStream : ForwardStream
{
    private readonly IStoredContent _stored;
    private readonly TarEntry _entry;
    private readonly IReadOnlyList<SparseMap.Part> _parts;
    private int _part;
    private long _position;
    private bool _closed;

    public TarContentStream(IStoredContent stored, TarEntry entry)
    {
        _stored = stored;
        _entry = entry;
        _parts = entry.Sparse?.Parts
            ?? [new SparseMap.Part(0, entry.Type is TarEntryType.File or TarEntryType.Other ? entry.StoredSize : 0)];
    }

    public override long Length => _entry.Size;

    public override int Read(Span<byte> buffer)
    {
        buffer = buffer[..Next(buffer.Length, out bool isStored)];
        int count = buffer.Length;
        if (isStored)
        {
            count = _stored.ReadStored(_entry, buffer);
        }
        else
        {
            buffer.Clear();
        }

        _position += count;
        return count;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        buffer = buffer[..Next(buffer.Length, out bool isStored)];
        int count = buffer.Length;
        if (isStored)
        {
            count = await _stored.ReadStoredAsync(_entry, buffer, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            buffer.Span.Clear();
        }

        _position += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        _closed = true;
        base.Dispose(disposing);
    }

    /// <summary>The number of bytes that can be read at once at this position, and whether they are stored or a hole.</summary>
    private int Next(int wanted, out bool isStored)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        while (_part < _parts.Count && _position >= _parts[_part].Offset + _parts[_part].Length)
        {
            _part++;
        }

        long end = _part == _parts.Count ? _entry.Size : _parts[_part].Offset;
        isStored = _part < _parts.Count && _position >= end;
        if (isStored)
        {
            end = _parts[_part].Offset + _parts[_part].Length;
        }

        return (int)Math.Min(wanted, end - _position);
    }
}
