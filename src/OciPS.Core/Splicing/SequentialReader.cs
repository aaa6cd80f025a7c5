// SPDX-License-Identifier: MIT

using OciPS.IO;

namespace OciPS.Splicing;

/// <summary>Reads ranges of a forward-only stream; reads nothing beyond them.</summary>
internal sealed class SequentialReader(Stream stream) : IDisposable
{
    private readonly PooledBuffer _buffer = new(128 * 1024);
    private long _position;

    public Task SkipToAsync(long position, CancellationToken cancellationToken) =>
        CopyToAsync(position, static (_, _) => ValueTask.CompletedTask, cancellationToken);

    /// <summary>Copies all bytes up to a position, piece by piece.</summary>
    public async Task CopyToAsync(
        long position, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> sink, CancellationToken cancellationToken)
    {
        while (_position < position)
        {
            Memory<byte> wanted = _buffer.Memory[..(int)Math.Min(position - _position, _buffer.Array.Length)];
            int count = await stream.ReadAsync(wanted, cancellationToken).ConfigureAwait(false);
            await sink(wanted[..Advance(count)], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Fills a buffer.</summary>
    public async Task ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            buffer = buffer[Advance(await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false))..];
        }
    }

    /// <summary>Sets the position after another reader has advanced the stream.</summary>
    public void PassedTo(long position) => _position = position;

    public void Dispose() => _buffer.Dispose();

    private int Advance(int count)
    {
        _position += count;
        return count > 0
            ? count
            : throw new InvalidContentException(ErrorIds.InvalidTar, "A layer was shorter when it was read for the second time.");
    }
}
