// SPDX-License-Identifier: MIT

using OciPS.Streams;

namespace OciPS.Tar;

/// <summary>Reads a tar as the blocks that it consists of: which entries there are, where they stand, and their content.</summary>
/// <remarks>
/// Reads ustar, pax (<c>x</c> and <c>g</c>), GNU and V7 headers, and sparse files in all of GNU's formats.
/// </remarks>
internal sealed class TarReader : IDisposable
{
    private const int BufferSize = 128 * 1024;

    // Go's reader, which container engines use, takes no more either.
    private const int MaximumExtendedHeaderSize = 1024 * 1024;

    private readonly Stream _stream;
    private readonly string _what;
    private readonly PooledBuffer _buffer = new(BufferSize);
    private int _start;
    private int _end;
    private long _position;
    private long _nextHeader;
    private int _count;
    private TarEntry? _current;
    private PaxRecords _global = PaxRecords.Empty;

    /// <param name="stream">The decompressed tar; stays open.</param>
    /// <param name="what">What it is, for errors.</param>
    public TarReader(Stream stream, string what)
    {
        _stream = stream;
        _what = what;
    }

    /// <summary>Moves to the next entry; null behind the last one.</summary>
    public async ValueTask<TarEntry?> ReadAsync(CancellationToken cancellationToken)
    {
        await SkipToAsync(_nextHeader, cancellationToken).ConfigureAwait(false);
        _current = null;
        PendingHeaders? pending = null;
        while (await TryFillBlockAsync(cancellationToken).ConfigureAwait(false) && !new TarHeader(Block).IsZero)
        {
            pending ??= new PendingHeaders { Start = _position };
            char type = CheckHeader();
            if (type is 'x' or 'g' or 'L' or 'K')
            {
                bool wasGlobal = await ReadExtendedAsync(type, pending, cancellationToken).ConfigureAwait(false);
                pending = wasGlobal && pending.Records.Count == 0 && pending.Name is null && pending.LinkName is null ? null : pending;
                continue;
            }

            _current = await ReadEntryAsync(pending, cancellationToken).ConfigureAwait(false);
            _nextHeader = _current.End;
            return _current;
        }

        return pending is null ? null : throw Invalid("ends behind an extended header, where the entry should be that it speaks of");
    }

    /// <summary>The content of the entry that was read last; a sparse file's with its holes. It is passed over by the next read.</summary>
    public Stream OpenContent()
    {
        TarEntry entry = _current ?? throw new InvalidOperationException("There is no entry to read the content of.");
        return new TarContentStream(this, entry);
    }

    /// <summary>Reads stored content of the entry that was read last.</summary>
    internal async ValueTask<int> ReadStoredAsync(TarEntry entry, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        buffer = buffer[..Limit(entry, buffer.Length)];
        int count = TakeBuffered(buffer.Span);
        if (count == 0 && buffer.Length > 0)
        {
            count = await _stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            CountContent(count, entry);
        }

        return count;
    }

    /// <inheritdoc cref="ReadStoredAsync"/>
    internal int ReadStored(TarEntry entry, Span<byte> buffer)
    {
        buffer = buffer[..Limit(entry, buffer.Length)];
        int count = TakeBuffered(buffer);
        if (count == 0 && buffer.Length > 0)
        {
            count = _stream.Read(buffer);
            CountContent(count, entry);
        }

        return count;
    }

    public void Dispose() => _buffer.Dispose();

    private ReadOnlySpan<byte> Block => _buffer.Array.AsSpan(_start, TarHeader.BlockSize);

    private int Limit(TarEntry entry, int wanted)
    {
        if (entry != _current)
        {
            throw new InvalidOperationException($"The content of '{entry.Name}' was passed over already.");
        }

        return (int)Math.Min(wanted, entry.ContentStart + entry.StoredSize - _position);
    }

    private int TakeBuffered(Span<byte> buffer)
    {
        int count = Math.Min(_end - _start, buffer.Length);
        _buffer.Array.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        _position += count;
        return count;
    }

    private void CountContent(int count, TarEntry entry)
    {
        if (count == 0)
        {
            throw Invalid($"ends in the middle of '{entry.Name}'");
        }

        _position += count;
    }

    private char CheckHeader()
    {
        var header = new TarHeader(Block);
        if (!header.IsChecksumValid)
        {
            throw Invalid(_position == 0
                ? "is not a tar: its first header has no valid checksum"
                : $"has a header with a wrong checksum at offset {_position}");
        }

        return header.TypeFlag;
    }

    private async ValueTask<bool> ReadExtendedAsync(char type, PendingHeaders pending, CancellationToken cancellationToken)
    {
        if (!new TarHeader(Block).TryGetSize(out long size) || size > MaximumExtendedHeaderSize)
        {
            throw Invalid($"has an extended header of more than {MaximumExtendedHeaderSize} bytes at offset {_position}");
        }

        long headerAt = _position;
        Consume(TarHeader.BlockSize);
        byte[] content = new byte[size];
        await ReadExactlyAsync(content, cancellationToken).ConfigureAwait(false);
        await SkipToAsync(headerAt + TarHeader.BlockSize + TarEntry.Pad(size), cancellationToken).ConfigureAwait(false);
        if (type is 'L' or 'K')
        {
            string name = TarText.Decode(content.AsSpan().TrimEnd((byte)0));
            pending.Name = type == 'L' ? name : pending.Name;
            pending.LinkName = type == 'K' ? name : pending.LinkName;
            return false;
        }

        if (!PaxRecords.TryParse(content, out PaxRecords records))
        {
            throw Invalid($"has a pax header with records that do not parse at offset {headerAt}");
        }

        _global = type == 'g' ? _global.With(records) : _global;
        pending.Records = type == 'x' ? pending.Records.With(records) : pending.Records;
        return type == 'g';
    }

    private async ValueTask<TarEntry> ReadEntryAsync(PendingHeaders pending, CancellationToken cancellationToken)
    {
        byte[] block = Block.ToArray();
        long headerAt = _position;
        Consume(TarHeader.BlockSize);
        (SparseMap? sparse, int mapLength, long contentStart) =
            await ReadSparseAsync(block, pending, headerAt, cancellationToken).ConfigureAwait(false);
        (TarEntry? entry, string? error) = TarEntryParser.Parse(new TarHeader(block), pending, _global, sparse, mapLength, contentStart, _count++);
        return entry ?? throw Invalid($"has an entry at offset {headerAt} that {error}");
    }

    private async ValueTask<(SparseMap? Map, int MapLength, long ContentStart)> ReadSparseAsync(
        byte[] block, PendingHeaders pending, long headerAt, CancellationToken cancellationToken)
    {
        var parts = new List<SparseMap.Part>();
        PaxRecords records = pending.Records;
        TarEntryParser.TryGetStoredSize(new TarHeader(block), _global.With(records), out long storedSize);
        bool valid = true;
        long realSize = 0;
        int mapLength = 0;
        if (block[156] == 'S')
        {
            valid = new TarHeader(block).TryGetSparseRealSize(out realSize) && SparseMapReader.TryReadOld(new TarHeader(block).SparseMap, parts)
                && (!new TarHeader(block).IsSparseExtended || await ReadOldExtensionsAsync(parts, cancellationToken).ConfigureAwait(false));
        }
        else if (records.Find("GNU.sparse.major") == "1")
        {
            valid = long.TryParse(records.Find("GNU.sparse.realsize"), out realSize);
            mapLength = valid ? await ReadMapAsync(parts, storedSize, cancellationToken).ConfigureAwait(false) : 0;
        }
        else if (records.Has("GNU.sparse.map") || records.Has("GNU.sparse.offset") || records.Has("GNU.sparse.numblocks"))
        {
            valid = long.TryParse(records.Find("GNU.sparse.size") ?? records.Find("GNU.sparse.realsize"), out realSize)
                && SparseMapReader.TryReadRecords(records, parts);
        }
        else
        {
            return (null, 0, _position);
        }

        SparseMap? map = valid && mapLength >= 0 ? SparseMap.Create(parts, realSize, storedSize - mapLength) : null;
        return (map ?? throw Invalid($"has a sparse file whose map is wrong at offset {headerAt}"), mapLength, _position - mapLength);
    }

    private async ValueTask<bool> ReadOldExtensionsAsync(List<SparseMap.Part> parts, CancellationToken cancellationToken)
    {
        bool more = true;
        while (more)
        {
            if (parts.Count > MaximumExtendedHeaderSize / SparseMapReader.OldEntrySize
                || !await TryFillBlockAsync(cancellationToken).ConfigureAwait(false)
                || !SparseMapReader.TryReadOld(Block[..(SparseMapReader.OldEntriesPerBlock * SparseMapReader.OldEntrySize)], parts))
            {
                return false;
            }

            more = Block[SparseMapReader.OldEntriesPerBlock * SparseMapReader.OldEntrySize] != 0;
            Consume(TarHeader.BlockSize);
        }

        return true;
    }

    private async ValueTask<int> ReadMapAsync(List<SparseMap.Part> parts, long storedSize, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        while (text.Length < Math.Min(storedSize, MaximumExtendedHeaderSize) && await TryFillBlockAsync(cancellationToken).ConfigureAwait(false))
        {
            text.Write(Block);
            Consume(TarHeader.BlockSize);
            int length = SparseMapReader.ReadLines(text.GetBuffer().AsSpan(0, (int)text.Length), parts);
            if (length != 0)
            {
                return length < 0 ? -1 : (int)text.Length;
            }
        }

        return -1;
    }

    private async ValueTask SkipToAsync(long position, CancellationToken cancellationToken)
    {
        Consume((int)Math.Min(_end - _start, position - _position));
        if (position > _position && _stream is ForwardStream forward && forward.TrySkip(position - _position))
        {
            _position = position;
        }

        while (_position < position)
        {
            _start = _end = 0;
            int wanted = (int)Math.Min(_buffer.Array.Length, position - _position);
            _end = await _stream.ReadAsync(_buffer.Memory[..wanted], cancellationToken).ConfigureAwait(false);
            if (_end == 0)
            {
                throw Invalid($"ends in the middle of {(_current is null ? "a header" : $"'{_current.Name}'")}");
            }

            Consume(_end);
        }
    }

    /// <summary>Makes the next block lie in the buffer; false at the end of the tar.</summary>
    private async ValueTask<bool> TryFillBlockAsync(CancellationToken cancellationToken)
    {
        if (_end - _start < TarHeader.BlockSize)
        {
            _buffer.Array.AsSpan(_start.._end).CopyTo(_buffer.Array);
            _end -= _start;
            _start = 0;
            int wanted = TarHeader.BlockSize - _end;
            _end += await _stream.ReadAtLeastAsync(_buffer.Memory[_end..], wanted, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        }

        return _end - _start >= TarHeader.BlockSize
            || (_end == _start ? false : throw Invalid($"ends in the middle of the block at offset {_position}"));
    }

    private async ValueTask ReadExactlyAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int taken = TakeBuffered(buffer.Span);
        int read = await _stream.ReadAtLeastAsync(buffer[taken..], buffer.Length - taken, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        _position += read;
        if (taken + read < buffer.Length)
        {
            throw Invalid("ends in the middle of an extended header");
        }
    }

    private void Consume(int count)
    {
        _start += count;
        _position += count;
    }

    private InvalidContentException Invalid(string why) => new(ErrorIds.InvalidTar, $"{_what} {why}.");
}
