// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;

namespace OciPS.IO;

/// <summary>Reads in large pieces for a reader that needs small ones, and can peek at the first bytes.</summary>
internal sealed class ReadBufferStream(Stream inner) : ForwardStream
{
    private readonly PooledBuffer _buffer = new(256 * 1024);
    private int _start;
    private int _end;

    /// <summary>The first bytes, up to <paramref name="count"/>, without consuming them.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> PeekAsync(int count, CancellationToken cancellationToken)
    {
        _end += await inner.ReadAtLeastAsync(
            _buffer.Memory[_end..], count, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return _buffer.Memory[_start..Math.Min(_end, _start + count)];
    }

    public override int Read(Span<byte> buffer)
    {
        if (_start == _end)
        {
            if (buffer.Length >= _buffer.Array.Length)
            {
                return inner.Read(buffer);
            }

            Filled(inner.Read(_buffer.Array));
        }

        return Take(buffer);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_start < _end)
        {
            return ValueTask.FromResult(Take(buffer.Span));
        }

        return buffer.Length >= _buffer.Array.Length
            ? inner.ReadAsync(buffer, cancellationToken)
            : FillAndTakeAsync(buffer, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            _buffer.Dispose();
        }

        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> FillAndTakeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        Filled(await inner.ReadAsync(_buffer.Memory, cancellationToken).ConfigureAwait(false));
        return Take(buffer.Span);
    }

    private void Filled(int count) => (_start, _end) = (0, count);

    private int Take(Span<byte> buffer)
    {
        int count = Math.Min(_end - _start, buffer.Length);
        _buffer.Array.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }
}
