// SPDX-License-Identifier: MIT

using System.IO.Compression;
using System.Security.Cryptography;

namespace OciPS.Streams;

/// <summary>Decompresses gzip of any number of members, and notices when the last of them is cut short.</summary>
/// <remarks>
/// <see cref="GZipStream"/> gives no error on truncated input. So one more member is appended that holds a secret
/// marker: if the input ends where a member ends, the marker comes out last; otherwise it does not.
/// </remarks>
internal sealed class GzipReadStream : ForwardStream
{
    private const int MarkerLength = 16;

    private static readonly byte[] s_marker = RandomNumberGenerator.GetBytes(MarkerLength);
    private static readonly byte[] s_markerMember = Compress(s_marker);

    private readonly GZipStream _inner;
    private readonly PooledBuffer _buffer = new(128 * 1024);
    private int _start;
    private int _end;
    private bool _ended;

    public GzipReadStream(Stream compressed) =>
        _inner = new GZipStream(new PrefixedStream(default, compressed, s_markerMember), CompressionMode.Decompress);

    // What may be handed out: never the last bytes, as long as these may be the marker.
    private int Available => _end - _start - (_ended ? 0 : MarkerLength);

    public override int Read(Span<byte> buffer)
    {
        while (Available <= 0 && !_ended)
        {
            MakeRoom();
            Filled(_inner.Read(_buffer.Array.AsSpan(_end)));
        }

        return Take(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (Available <= 0 && !_ended)
        {
            MakeRoom();
            Filled(await _inner.ReadAsync(_buffer.Memory[_end..], cancellationToken).ConfigureAwait(false));
        }

        return Take(buffer.Span);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            _buffer.Dispose();
        }

        base.Dispose(disposing);
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var member = new MemoryStream();
        using (var gzip = new GZipStream(member, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return member.ToArray();
    }

    private void MakeRoom()
    {
        _buffer.Array.AsSpan(_start.._end).CopyTo(_buffer.Array);
        _end -= _start;
        _start = 0;
    }

    private void Filled(int count)
    {
        _end += count;
        if (count > 0)
        {
            return;
        }

        if (_end - _start < MarkerLength || !_buffer.Array.AsSpan(_start.._end).EndsWith(s_marker))
        {
            throw new InvalidDataException("the data ends in the middle of a gzip member");
        }

        _end -= MarkerLength;
        _ended = true;
    }

    private int Take(Span<byte> buffer)
    {
        int count = Math.Min(Available, buffer.Length);
        _buffer.Array.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }
}
