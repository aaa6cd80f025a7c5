// SPDX-License-Identifier: MIT

namespace OciPS.IO;

/// <summary>A stream that is read once from beginning to end. Subclasses implement how bytes are read.</summary>
internal abstract class ForwardStream : Stream
{
    public sealed override bool CanRead => true;

    public sealed override bool CanSeek => false;

    public sealed override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public abstract override int Read(Span<byte> buffer);

    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    public sealed override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public sealed override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Skips bytes without reading them, if possible.</summary>
    /// <returns>False if the bytes have to be read instead, or if there are fewer.</returns>
    public virtual bool TrySkip(long count) => count == 0;

    /// <summary>Skips some of the next bytes if that is cheaper than reading them.</summary>
    /// <returns>The number of bytes skipped; 0 if they have to be read, or at the end.</returns>
    public virtual ValueTask<int> SkipAsync(int most, CancellationToken cancellationToken) => ValueTask.FromResult(0);

    public sealed override void Flush()
    {
    }

    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public sealed override void SetLength(long value) => throw new NotSupportedException();

    public sealed override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
