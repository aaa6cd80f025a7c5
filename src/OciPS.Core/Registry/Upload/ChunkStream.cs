// SPDX-License-Identifier: MIT

using OciPS.IO;

namespace OciPS.Registry.Upload;

/// <summary>Collects written data into chunks and sends each full one.</summary>
internal sealed class ChunkStream(int chunkSize, Func<ReadOnlyMemory<byte>, long, CancellationToken, Task> send) : WriteOnlyStream
{
    private readonly PooledBuffer _buffer = new(chunkSize);
    private int _filled;
    private long _sent;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            int count = Math.Min(buffer.Length, chunkSize - _filled);
            buffer[..count].CopyTo(_buffer.Memory[_filled..]);
            _filled += count;
            buffer = buffer[count..];
            if (_filled == chunkSize)
            {
                await SendAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer) => throw new NotSupportedException("Chunks are sent asynchronously.");

    /// <summary>Sends the last, partial chunk.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        if (_filled > 0)
        {
            await SendAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _buffer.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        await send(_buffer.Memory[.._filled], _sent, cancellationToken).ConfigureAwait(false);
        _sent += _filled;
        _filled = 0;
    }
}
