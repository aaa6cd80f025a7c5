// SPDX-License-Identifier: MIT

namespace OciPS.Tar;

/// <summary>Reads a tar: its entries, their positions and their content.</summary>
/// <remarks>
/// Reads ustar, pax (<c>x</c> and <c>g</c>), GNU and V7 headers, and sparse files in all of GNU's formats.
/// </remarks>
internal sealed class TarReader : IStoredContent, IDisposable
{
    // The same limit as in Go's reader, which container engines use.
    private const int MaximumExtendedHeaderSize = 1024 * 1024;

    // Twice the size of one header of each kind.
    private const int MaximumHeadersSize = 6 * MaximumExtendedHeaderSize;

    private readonly TarBlockReader _blocks;
    private readonly byte[] _header = new byte[TarHeader.BlockSize];
    private readonly PendingHeaders _pending = new();
    private PaxRecords _global = PaxRecords.Empty;
    private TarEntry? _current;
    private int _count;

    /// <param name="stream">The decompressed tar; not disposed here.</param>
    /// <param name="what">The name of the tar in errors.</param>
    public TarReader(Stream stream, string what) => _blocks = new TarBlockReader(stream, what);

    /// <summary>Whether the end was reached: a block of zeros, or the end of the file.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>
    /// Whether the end is irregular: padding is missing, or there is content after the end. Known when everything was read.
    /// </summary>
    public bool EndsOddly { get; private set; }

    /// <summary>Whether there is content other than padding after the end; known when everything was read.</summary>
    public bool HasContentBehindEnd { get; private set; }

    /// <summary>Moves to the next entry; null after the last one.</summary>
    public async ValueTask<TarEntry?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_current is { } previous)
        {
            // Some tools do not pad the last content; it is complete, and engines accept it.
            await _blocks.SkipToAsync(
                previous.End, previous.ContentStart + previous.StoredSize, previous, cancellationToken).ConfigureAwait(false);
            previous.MissingPadding = (int)(previous.End - _blocks.Position);
            EndsOddly |= previous.MissingPadding > 0;
            _current = null;
        }

        PendingHeaders? pending = null;
        while (await _blocks.TryFillAsync(cancellationToken).ConfigureAwait(false) && !new TarHeader(_blocks.Block).IsZero)
        {
            pending ??= _pending.BeginAt(_blocks.Position);
            if (_blocks.Position - pending.Start > MaximumHeadersSize)
            {
                throw _blocks.Invalid(
                    $"has more than {MaximumHeadersSize} bytes of extended headers for one entry at offset {pending.Start}");
            }

            char type = CheckHeader();
            if (type is not ('x' or 'g' or 'L' or 'K'))
            {
                return _current = await ReadEntryAsync(pending, cancellationToken).ConfigureAwait(false);
            }

            await ReadExtendedAsync(type, pending, cancellationToken).ConfigureAwait(false);
            pending = type == 'g' && pending.IsEmpty ? null : pending;
        }

        IsAtEnd = true;
        return pending is null
            ? null
            : throw _blocks.Invalid("ends after an extended header, where its entry should be");
    }

    /// <summary>The content of the current entry, a sparse file's with its holes. The next read skips it.</summary>
    public Stream OpenContent()
    {
        TarEntry entry = _current ?? throw new InvalidOperationException("There is no entry to read the content of.");
        return new TarContentStream(this, entry);
    }

    /// <summary>Reads everything after the end.</summary>
    public async ValueTask ReadRestAsync(CancellationToken cancellationToken)
    {
        HasContentBehindEnd |= await _blocks.ReadRestAsync(cancellationToken).ConfigureAwait(false);
        EndsOddly |= HasContentBehindEnd;
    }

    /// <inheritdoc/>
    public ValueTask<int> ReadStoredAsync(TarEntry entry, Memory<byte> buffer, CancellationToken cancellationToken) =>
        _blocks.ReadAsync(buffer[..Limit(entry, buffer.Length)], entry, cancellationToken);

    /// <inheritdoc/>
    public int ReadStored(TarEntry entry, Span<byte> buffer) => _blocks.Read(buffer[..Limit(entry, buffer.Length)], entry);

    public void Dispose() => _blocks.Dispose();

    private int Limit(TarEntry entry, int wanted) => entry == _current
        ? (int)Math.Min(wanted, entry.ContentStart + entry.StoredSize - _blocks.Position)
        : throw new InvalidOperationException($"The content of '{entry.Name}' was passed over already.");

    private char CheckHeader()
    {
        var header = new TarHeader(_blocks.Block);
        if (!header.IsChecksumValid)
        {
            throw _blocks.Invalid(_blocks.Position == 0
                ? "is not a tar: its first header has no valid checksum"
                : $"has a header with a wrong checksum at offset {_blocks.Position}");
        }

        return header.TypeFlag;
    }

    private async ValueTask ReadExtendedAsync(char type, PendingHeaders pending, CancellationToken cancellationToken)
    {
        long headerAt = _blocks.Position;
        if (!new TarHeader(_blocks.Block).TryGetSize(out long size) || size > MaximumExtendedHeaderSize)
        {
            throw _blocks.Invalid($"has an extended header of more than {MaximumExtendedHeaderSize} bytes at offset {headerAt}");
        }

        _blocks.ConsumeBlock();
        byte[] content = new byte[size];
        await _blocks.ReadExactlyAsync(content, null, cancellationToken).ConfigureAwait(false);
        await _blocks.SkipToAsync(headerAt + TarHeader.BlockSize + TarEntry.Pad(size), null, cancellationToken).ConfigureAwait(false);
        switch (type)
        {
            case 'L':
                pending.Name = TarText.Decode(content.AsSpan().TrimEnd((byte)0));
                break;
            case 'K':
                pending.LinkName = TarText.Decode(content.AsSpan().TrimEnd((byte)0));
                break;
            case 'x':
                pending.Records = pending.Records.With(ParseRecords(content, headerAt));
                break;
            default:
                SetGlobal(_global.Replace(ParseRecords(content, headerAt)), headerAt);
                break;
        }
    }

    private void SetGlobal(PaxRecords records, long headerAt) => _global = records.Size <= MaximumExtendedHeaderSize
        ? records
        : throw _blocks.Invalid($"has more than {MaximumExtendedHeaderSize} bytes of global records at offset {headerAt}");

    private PaxRecords ParseRecords(byte[] content, long headerAt) => PaxRecords.TryParse(content, out PaxRecords records)
        ? records
        : throw _blocks.Invalid($"has a pax header with records that do not parse at offset {headerAt}");

    private async ValueTask<TarEntry> ReadEntryAsync(PendingHeaders pending, CancellationToken cancellationToken)
    {
        byte[] header = _header;
        _blocks.Block.CopyTo(header);
        long headerAt = _blocks.Position;
        _blocks.ConsumeBlock();
        (SparseMap? sparse, int mapLength) =
            await SparseReader.ReadAsync(
                _blocks, header, new EffectivePaxRecords(_global, pending.Records), cancellationToken).ConfigureAwait(false);
        (TarEntry? entry, string? error) = TarEntryParser.Parse(
            new TarHeader(header), pending, _global, sparse, mapLength, _blocks.Position - mapLength, _count++);
        return entry ?? throw _blocks.Invalid($"has an entry at offset {headerAt} that {error}");
    }
}
