// SPDX-License-Identifier: MIT

using OciPS.IO;

namespace OciPS.Layers.Listings;

/// <summary>A range of whole blocks of a stored layer; returns each block only after it was verified.</summary>
/// <param name="inner">The blocks; disposed with this stream.</param>
/// <param name="hashes">The expected hashes.</param>
/// <param name="begin">The start of the range, at a block boundary.</param>
/// <param name="end">The end of the range.</param>
/// <param name="what">The layer's name, for messages.</param>
/// <param name="again">Opens the rest from a block on, bypassing the source of the damage; null if that cannot help.</param>
internal sealed class CheckedBlocksStream(
    Stream inner,
    BlockHashes hashes,
    long begin,
    long end,
    string what,
    Func<long, CancellationToken, Task<Stream?>>? again) : ForwardStream
{
    private Stream _inner = inner;
    private bool _wasAgain = again is null;
    private readonly PooledBuffer _buffer = new(BlockHashes.BlockSize);
    private long _position = begin;
    private int _start;
    private int _count;

    public override int Read(Span<byte> buffer)
    {
        if (NeedsBlock(out Memory<byte> block))
        {
            int count = _inner.ReadAtLeast(block.Span, block.Length, throwOnEndOfStream: false);
            Took(count, block, IsRight(count, block));
        }

        return Take(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (NeedsBlock(out Memory<byte> block))
        {
            int count = await _inner.ReadAtLeastAsync(
                block, block.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            bool isRight = IsRight(count, block);
            if (!isRight && await TryAgainAsync(cancellationToken).ConfigureAwait(false))
            {
                count = await _inner.ReadAtLeastAsync(
                    block, block.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                isRight = IsRight(count, block);
            }

            Took(count, block, isRight);
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

    private bool NeedsBlock(out Memory<byte> block)
    {
        block = _buffer.Memory[..(int)Math.Min(BlockHashes.BlockSize, end - _position)];
        return _start == _count && !block.IsEmpty;
    }

    private async Task<bool> TryAgainAsync(CancellationToken cancellationToken)
    {
        if (_wasAgain || await again!(_position, cancellationToken).ConfigureAwait(false) is not { } rest)
        {
            return false;
        }

        _wasAgain = true;
        await _inner.DisposeAsync().ConfigureAwait(false);
        _inner = rest;
        return true;
    }

    private bool IsRight(int count, ReadOnlyMemory<byte> block) => count == block.Length && hashes.IsRight(_position, block.Span);

    private void Took(int count, ReadOnlyMemory<byte> block, bool isRight)
    {
        if (count < block.Length)
        {
            throw new InvalidContentException(
                ErrorIds.SizeMismatch, $"{what} ends after {_position + count} of {hashes.Size} bytes: it was cut short or changed.");
        }

        if (!isRight)
        {
            throw new InvalidContentException(
                ErrorIds.DigestMismatch,
                $"{what} has other bytes than before between {_position} and {_position + count}: its content was changed or damaged.");
        }

        _position += count;
        (_start, _count) = (0, count);
    }

    private int Take(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, _count - _start);
        _buffer.Array.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }
}
