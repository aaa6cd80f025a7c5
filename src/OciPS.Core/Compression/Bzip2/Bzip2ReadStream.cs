// SPDX-License-Identifier: MIT

using ICSharpCode.SharpZipLib.BZip2;
using OciPS.IO;

namespace OciPS.Compression.Bzip2;

/// <summary>Decompresses bzip2 of one or more concatenated streams, as pbzip2 and lbzip2 write it.</summary>
internal sealed class Bzip2ReadStream : ForwardStream
{
    // In bytes: a block has 900,000 symbols of at most 20 bits, and its header.
    private const int LongestBlock = 3 * 1024 * 1024;

    // In bytes. Limits how many blocks one read can need, even if each yields a single byte.
    private const int MostAtOnce = 16 * 1024;

    private readonly BufferedPeekStream _compressed;
    private BZip2InputStream? _current;

    public Bzip2ReadStream(Stream compressed) => _compressed = new BufferedPeekStream(compressed);

    public override int Read(Span<byte> buffer)
    {
        _compressed.MayWait = true;
        return Decode(buffer);
    }

    /// <summary>The decoder reads synchronously, so all the input that it may need is fetched first.</summary>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _compressed.FetchAsync(LongestBlock, cancellationToken).ConfigureAwait(false);
        _compressed.MayWait = false;
        return Decode(buffer.Span[..Math.Min(buffer.Length, MostAtOnce)]);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _current?.Dispose();
            _compressed.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Decode(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        _current ??= Open();
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

    // The decoder takes anything that is not a header for the end of the data.
    private BZip2InputStream Open() => _compressed.Peek(4) is [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9']
        ? new BZip2InputStream(_compressed) { IsStreamOwner = false }
        : throw new InvalidDataException("there is no header where a bzip2 stream should begin");

    /// <summary>Buffers for a decoder that reads single bytes, and shows whether another stream follows.</summary>
    private sealed class BufferedPeekStream(Stream inner) : ForwardStream
    {
        private const int BufferSize = 8 * 1024 * 1024;

        private readonly PooledBuffer _buffer = new(BufferSize);
        private int _start;
        private int _end;

        private bool _ended;

        /// <summary>Whether the source may be read synchronously when the buffer is empty.</summary>
        public bool MayWait { get; set; } = true;

        public bool AtEnd => !Fill();

        /// <summary>Reads until that many bytes are buffered, or the end is reached.</summary>
        public async ValueTask FetchAsync(int count, CancellationToken cancellationToken)
        {
            if (_ended || _end - _start >= count)
            {
                return;
            }

            MakeRoom();
            while (!_ended && _end < _buffer.Array.Length)
            {
                int read = await inner.ReadAsync(_buffer.Memory[_end..], cancellationToken).ConfigureAwait(false);
                _end += read;
                _ended = read == 0;
            }
        }

        /// <summary>The next bytes, fewer at the end, without consuming them.</summary>
        public ReadOnlySpan<byte> Peek(int count)
        {
            if (_end - _start < count && MayWait)
            {
                MakeRoom();
                _end += inner.ReadAtLeast(_buffer.Array.AsSpan(_end), count - _end, throwOnEndOfStream: false);
            }

            return _buffer.Array.AsSpan(_start, Math.Min(count, _end - _start));
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
            if (_start < _end || _ended)
            {
                return _start < _end;
            }

            if (!MayWait)
            {
                throw new InvalidDataException("a block is longer than any can be");
            }

            _start = 0;
            _end = inner.Read(_buffer.Array);
            _ended = _end == 0;
            return !_ended;
        }

        private void MakeRoom()
        {
            _buffer.Array.AsSpan(_start.._end).CopyTo(_buffer.Array);
            (_start, _end) = (0, _end - _start);
        }
    }
}
