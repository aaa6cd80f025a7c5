// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;
using OciPS.References;

namespace OciPS.IO.Hashing;

/// <summary>
/// Computes the digests of what is read through it without the ranges that are removed, which are known only when their
/// beginning was read: what is not decided yet is held back.
/// </summary>
/// <param name="inner">What is read; disposed with this stream.</param>
/// <param name="isDecided">Whether all of it stays.</param>
/// <param name="algorithm">What the digest is made with; null for SHA-256.</param>
internal sealed class FilteredHashStream(Stream inner, bool isDecided, DigestAlgorithm? algorithm = null) : ForwardStream
{
    private readonly ContentHasher _kept = new(algorithm: algorithm);
    private byte[] _pending = [];
    private int _pendingStart;
    private int _pendingEnd;
    private long _decided = isDecided ? long.MaxValue : 0;
    private bool _goes;

    /// <summary>How many bytes were read so far.</summary>
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

    /// <summary>Decides about a range: what lies before it and was not decided yet stays.</summary>
    /// <param name="start">Where it begins; at or before what was read last.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="goes">Whether it goes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask DecideAsync(long start, long end, bool goes, CancellationToken cancellationToken)
    {
        long before = BytesRead - (_pendingEnd - _pendingStart);
        await TakeAsync((int)(start - before), true, cancellationToken).ConfigureAwait(false);
        await TakeAsync((int)Math.Min(end - start, _pendingEnd - _pendingStart), !goes, cancellationToken).ConfigureAwait(false);
        (_decided, _goes) = (end, goes);
    }

    /// <summary>The digests of what is kept; asked for once, when all was read.</summary>
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

    /// <summary>Holds back what is not decided; gives how much is.</summary>
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
