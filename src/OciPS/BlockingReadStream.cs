// SPDX-License-Identifier: MIT

using OciPS.IO;

namespace OciPS;

/// <summary>
/// Content for scripts, which read synchronously: each read waits for the asynchronous one, with its timeouts and retries, and ends when
/// the script is stopped. Concurrent reads get one piece each.
/// </summary>
internal sealed class BlockingReadStream(Stream content) : ForwardStream
{
    private readonly object _lock = new();
    private readonly PooledBuffer _buffer = new(64 * 1024);

    public override long Length => content.Length;

    public override int Read(Span<byte> buffer)
    {
        lock (_lock)
        {
            Memory<byte> part = _buffer.Memory[..Math.Min(buffer.Length, _buffer.Array.Length)];
            int count = ScriptWait.For(token => content.ReadAsync(part, token).AsTask());
            part.Span[..count].CopyTo(buffer);
            return count;
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        content.ReadAsync(buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_lock)
            {
                content.Dispose();
                _buffer.Dispose();
            }
        }

        base.Dispose(disposing);
    }
}
