// SPDX-License-Identifier: MIT

using ICSharpCode.SharpZipLib.BZip2;

namespace OciPS.Streams;

/// <summary>Decompresses bzip2 of any number of streams one after the other, as pbzip2 and lbzip2 write it.</summary>
internal sealed class Bzip2ReadStream : ForwardStream
{
    private readonly BufferedPeekStream _compressed;
    private BZip2InputStream _current;

    public Bzip2ReadStream(Stream compressed)
    {
        _compressed = new BufferedPeekStream(compressed);
        _current = Open();
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (true)
        {
            int count = _current.Read(buffer);
            if (count > 0)
            {
                return count;
            }

            if (_compressed.AtEnd)
            {
                return 0;
            }

            _current.Dispose();
            _current = Open();
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        await Task.Run(() => Read(buffer.Span), cancellationToken).ConfigureAwait(false);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _current.Dispose();
            _compressed.Dispose();
        }

        base.Dispose(disposing);
    }

    // The decoder takes whatever is no header for the end of the data.
    private BZip2InputStream Open() => _compressed.Peek(4) is [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9']
        ? new BZip2InputStream(_compressed) { IsStreamOwner = false }
        : throw new InvalidDataException("there is no header where a bzip2 stream should begin");

    /// <summary>The decoder asks for single bytes; and whether another stream follows must be known before one is begun.</summary>
    private sealed class BufferedPeekStream(Stream inner) : ForwardStream
    {
        private readonly PooledBuffer _buffer = new(64 * 1024);
        private int _start;
        private int _end;

        public bool AtEnd => !Fill();

        /// <summary>The next bytes, fewer at the end; they are still there to read.</summary>
        public ReadOnlySpan<byte> Peek(int count)
        {
            _buffer.Array.AsSpan(_start.._end).CopyTo(_buffer.Array);
            (_start, _end) = (0, _end - _start);
            if (_end < count)
            {
                _end += inner.ReadAtLeast(_buffer.Array.AsSpan(_end), count - _end, throwOnEndOfStream: false);
            }

            return _buffer.Array.AsSpan(0, Math.Min(count, _end));
        }

        public override int ReadByte() => Fill() ? _buffer.Array[_start++] : -1;

        public override int Read(Span<byte> buffer)
        {
            int count = Fill() ? Math.Min(buffer.Length, _end - _start) : 0;
            _buffer.Array.AsSpan(_start, count).CopyTo(buffer);
            _start += count;
            return count;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Read(buffer.Span));

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
                _buffer.Dispose();
            }

            base.Dispose(disposing);
        }

        private bool Fill()
        {
            if (_start == _end)
            {
                _start = 0;
                _end = inner.Read(_buffer.Array);
            }

            return _end > 0;
        }
    }
}
