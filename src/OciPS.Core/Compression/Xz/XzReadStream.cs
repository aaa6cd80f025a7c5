// SPDX-License-Identifier: MIT

using OciPS.IO;
using SharpCompress.Compressors.Xz;

namespace OciPS.Compression.Xz;

/// <summary>Decompresses xz of one or more concatenated streams, with padding between and after them.</summary>
/// <remarks>The .xz file format, section 2.</remarks>
internal sealed class XzReadStream : ForwardStream
{
    // The most bytes that the decoder reads without output: its index of blocks, which it keeps. Enough for half a million blocks.
    private const int MostWithoutOutput = 4 * 1024 * 1024;

    private readonly Source _compressed;
    private readonly byte[] _next = new byte[4];
    private XZStream _current;

    public XzReadStream(Stream compressed)
    {
        _compressed = new Source(compressed);
        _current = new XZStream(_compressed);
    }

    public override int Read(Span<byte> buffer)
    {
        _compressed.Allow(MostWithoutOutput + (2L * buffer.Length));
        int count = _current.Read(buffer);
        while (count == 0 && !buffer.IsEmpty && Continue(_compressed.Read(_next)))
        {
            _compressed.Allow(MostWithoutOutput + (2L * buffer.Length));
            count = _current.Read(buffer);
        }

        return count;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _compressed.Allow(MostWithoutOutput + (2L * buffer.Length));
        int count = await _current.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        while (count == 0 && !buffer.IsEmpty && Continue(await _compressed.ReadAsync(_next, cancellationToken).ConfigureAwait(false)))
        {
            _compressed.Allow(MostWithoutOutput + (2L * buffer.Length));
            count = await _current.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }

        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _current.Dispose();
            _compressed.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>After a stream: whether the next four bytes are padding, or begin another stream.</summary>
    private bool Continue(int count)
    {
        if (count is > 0 and < 4)
        {
            throw new InvalidDataException("the data ends in the middle of its padding");
        }

        if (count > 0 && _next.AsSpan().ContainsAnyExcept((byte)0))
        {
            _compressed.Unread(_next);
            _current = new XZStream(_compressed);
        }

        return count > 0;
    }

    /// <summary>Provides the position that the decoder queries, and fills each read: the decoder takes a short one for the end.</summary>
    private sealed class Source(Stream inner) : ForwardStream
    {
        private readonly XzHeaderCheck _headers = new();
        private ReadOnlyMemory<byte> _unread;
        private long _position;
        private long _allowed;

        public override long Position
        {
            get => _position;
            set => throw new NotSupportedException();
        }

        /// <summary>Sets how many more bytes may be read.</summary>
        public void Allow(long count) => _allowed = _position + count;

        public void Unread(byte[] bytes)
        {
            _unread = bytes;
            _position -= bytes.Length;
        }

        public override int Read(Span<byte> buffer)
        {
            int count = TakeUnread(buffer);
            count += inner.ReadAtLeast(buffer[count..], buffer.Length - count, throwOnEndOfStream: false);
            return Passed(buffer[..count]);
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = TakeUnread(buffer.Span);
            count += await inner.ReadAtLeastAsync(
                buffer[count..], buffer.Length - count, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return Passed(buffer.Span[..count]);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }

        private int Passed(ReadOnlySpan<byte> bytes)
        {
            _position += bytes.Length;
            _headers.Read(bytes);
            return _position <= _allowed
                ? bytes.Length
                : throw new InvalidDataException("its table of blocks is longer than any that is needed");
        }

        private int TakeUnread(Span<byte> buffer)
        {
            int count = Math.Min(_unread.Length, buffer.Length);
            _unread.Span[..count].CopyTo(buffer);
            _unread = _unread[count..];
            return count;
        }
    }
}
