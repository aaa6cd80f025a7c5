// SPDX-License-Identifier: MIT

using OciPS.IO;

namespace OciPS.Tar;

/// <summary>Reads a tar block by block and tracks the position.</summary>
internal sealed class TarBlockReader(Stream stream, string what) : IDisposable
{
    private const int BufferSize = 128 * 1024;

    private readonly PooledBuffer _buffer = new(BufferSize);
    private int _start;
    private int _end;

    /// <summary>The position in the tar: the number of bytes read or skipped.</summary>
    public long Position { get; private set; }

    /// <summary>The current block, as <see cref="TryFillAsync"/> read it.</summary>
    public ReadOnlySpan<byte> Block => _buffer.Array.AsSpan(_start, TarHeader.BlockSize);

    /// <summary>Reads the next block; false at the end of the tar.</summary>
    public async ValueTask<bool> TryFillAsync(CancellationToken cancellationToken)
    {
        if (_end - _start < TarHeader.BlockSize)
        {
            _buffer.Array.AsSpan(_start.._end).CopyTo(_buffer.Array);
            _end -= _start;
            _start = 0;
            int wanted = TarHeader.BlockSize - _end;
            _end += await stream.ReadAtLeastAsync(
                _buffer.Memory[_end..], wanted, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        }

        if (_end - _start >= TarHeader.BlockSize)
        {
            return true;
        }

        return _end == _start ? false
            : throw Invalid(Position == 0
                ? $"is not a tar: it has {_end - _start} bytes, and the first header of a tar alone has {TarHeader.BlockSize}"
                : $"ends in the middle of the block at offset {Position}");
    }

    /// <summary>Skips the current block.</summary>
    public void ConsumeBlock() => Consume(TarHeader.BlockSize);

    /// <summary>Skips to a position.</summary>
    public ValueTask SkipToAsync(long position, TarEntry? entry, CancellationToken cancellationToken) =>
        SkipToAsync(position, position, entry, cancellationToken);

    /// <summary>Skips to a position, or to the end of the tar if that lies beyond a minimum position.</summary>
    public async ValueTask SkipToAsync(long position, long least, TarEntry? entry, CancellationToken cancellationToken)
    {
        Consume((int)Math.Min(_end - _start, position - Position));
        if (position > Position && stream is ForwardStream forward && forward.TrySkip(position - Position))
        {
            Position = position;
        }

        while (Position < position)
        {
            if (stream is ForwardStream skipping
                && await skipping.SkipAsync(
                    (int)Math.Min(int.MaxValue, position - Position), cancellationToken).ConfigureAwait(false) is > 0 and var skipped)
            {
                Position += skipped;
                continue;
            }

            _start = 0;
            int wanted = (int)Math.Min(_buffer.Array.Length, position - Position);
            _end = await stream.ReadAsync(_buffer.Memory[..wanted], cancellationToken).ConfigureAwait(false);
            if (_end == 0 && Position >= least)
            {
                return;
            }

            Consume(_end > 0 ? _end : throw CutShort(entry));
        }
    }

    /// <summary>Fills a buffer.</summary>
    public async ValueTask ReadExactlyAsync(Memory<byte> buffer, TarEntry? entry, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            buffer = buffer[await ReadAsync(buffer, entry, cancellationToken).ConfigureAwait(false)..];
        }
    }

    /// <summary>Reads at least one byte, unless the buffer is empty.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, TarEntry? entry, CancellationToken cancellationToken)
    {
        int count = TakeBuffered(buffer.Span);
        return count > 0 || buffer.IsEmpty ? count : Count(await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false), entry);
    }

    /// <inheritdoc cref="ReadAsync"/>
    public int Read(Span<byte> buffer, TarEntry? entry)
    {
        int count = TakeBuffered(buffer);
        return count > 0 || buffer.IsEmpty ? count : Count(stream.Read(buffer), entry);
    }

    /// <summary>Reads to the end; returns whether anything but zeros was left.</summary>
    public async ValueTask<bool> ReadRestAsync(CancellationToken cancellationToken)
    {
        bool hasContent = false;
        do
        {
            hasContent |= _buffer.Array.AsSpan(_start.._end).ContainsAnyExcept((byte)0);
            Consume(_end - _start);
            _start = 0;
            _end = await stream.ReadAsync(_buffer.Memory, cancellationToken).ConfigureAwait(false);
        }
        while (_end > 0);

        return hasContent;
    }

    public InvalidContentException Invalid(string why) => new(ErrorIds.InvalidTar, $"{what} {why}.");

    public void Dispose() => _buffer.Dispose();

    private InvalidContentException CutShort(TarEntry? entry) =>
        Invalid($"ends in the middle of {(entry is null ? "a header" : $"'{entry.Name}'")}");

    private int TakeBuffered(Span<byte> buffer)
    {
        int count = Math.Min(_end - _start, buffer.Length);
        _buffer.Array.AsSpan(_start, count).CopyTo(buffer);
        Consume(count);
        return count;
    }

    private int Count(int count, TarEntry? entry)
    {
        Position += count;
        return count > 0 ? count : throw CutShort(entry);
    }

    private void Consume(int count)
    {
        _start += count;
        Position += count;
    }
}
