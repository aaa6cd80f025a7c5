// SPDX-License-Identifier: MIT

using OciPS.IO;

namespace OciPS.Provider;

/// <summary>Content that a provider reads synchronously until the user stops the pipeline.</summary>
internal sealed class WaitingStream(Stream content, ProviderWork work) : ForwardStream
{
    private readonly PooledBuffer _buffer = new(64 * 1024);

    public override long Length => content.Length;

    public override int Read(Span<byte> buffer)
    {
        Memory<byte> part = _buffer.Memory[..Math.Min(buffer.Length, _buffer.Array.Length)];
        int count = work.Run((_, token) => content.ReadAsync(part, token).AsTask());
        part.Span[..count].CopyTo(buffer);
        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        content.ReadAsync(buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            content.Dispose();
            _buffer.Dispose();
        }

        base.Dispose(disposing);
    }
}
