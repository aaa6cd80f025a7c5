// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;
using OciPS.References;

namespace OciPS.IO.Hashing;

/// <summary>
/// Computes the digests of the bytes read through it, without removed ranges. Whether a range is removed is known only after its beginning
/// was read: undecided bytes are held back.
/// </summary>
/// <param name="inner">The source; disposed with this stream.</param>
/// <param name="isDecided">Whether all bytes are kept.</param>
/// <param name="algorithm">The digest algorithm; null for SHA-256.</param>
internal sealed class FilteredHashStream(Stream inner, bool isDecided, DigestAlgorithm? algorithm = null) : ForwardStream
{
    private readonly ContentHasher _kept = new(algorithm: algorithm);
    private byte[] _pending = [];
    private int _pendingStart;
    private int _pendingEnd;
    private long _decided = isDecided ? long.MaxValue : 0;
    private bool _goes;

    /// <summary>The number of bytes read so far.</summary>
    public long BytesRead { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        int count = inner.Read(buffer);
        int decided = Count(buffer[..count]);
        if (!_goes)
        {
            _kept.Write(buffer[..decided]);
        }

        return count;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        int decided = Count(buffer.Span[..count]);
        if (!_goes && decided > 0)
        {
            await _kept.WriteAsync(buffer[..decided], cancellationToken).ConfigureAwait(false);
        }

        return count;
    }

    /// <summary>Decides about a range: undecided bytes before it are kept.</summary>
    /// <param name="start">The start of the range; at most the current position.</param>
    /// <param name="end">The end of the range.</param>
    /// <param name="goes">Whether the range is removed.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async ValueTask DecideAsync(long start, long end, bool goes, CancellationToken cancellationToken)
    {
        long before = BytesRead - (_pendingEnd - _pendingStart);
        await TakeAsync((int)(start - before), true, cancellationToken).ConfigureAwait(false);
        await TakeAsync((int)Math.Min(end - start, _pendingEnd - _pendingStart), !goes, cancellationToken).ConfigureAwait(false);
        (_decided, _goes) = (end, goes);
    }

    /// <summary>The digests of the kept bytes. Called once, after everything was read.</summary>
    public async Task<ContentDigests> FinishAsync(CancellationToken cancellationToken)
    {
        await TakeAsync(_pendingEnd - _pendingStart, true, cancellationToken).ConfigureAwait(false);
        return await _kept.FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            _kept.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Holds back undecided bytes; returns the number of decided ones.</summary>
    private int Count(ReadOnlySpan<byte> bytes)
    {
        int decided = (int)Math.Clamp(_decided - BytesRead, 0, bytes.Length);
        BytesRead += bytes.Length;
        HoldBack(bytes[decided..]);
        return decided;
    }

    private void HoldBack(ReadOnlySpan<byte> bytes)
    {
        if (_pendingEnd + bytes.Length > _pending.Length)
        {
            int count = _pendingEnd - _pendingStart;
            byte[] larger = count + bytes.Length > _pending.Length
                ? new byte[Math.Max(_pending.Length * 2, count + bytes.Length)]
                : _pending;
            _pending.AsSpan(_pendingStart, count).CopyTo(larger);
            (_pending, _pendingStart, _pendingEnd) = (larger, 0, count);
        }

        bytes.CopyTo(_pending.AsSpan(_pendingEnd));
        _pendingEnd += bytes.Length;
    }

    private async ValueTask TakeAsync(int count, bool stays, CancellationToken cancellationToken)
    {
        if (count > 0 && stays)
        {
            await _kept.WriteAsync(_pending.AsMemory(_pendingStart, count), cancellationToken).ConfigureAwait(false);
        }

        _pendingStart += count;
    }
}
