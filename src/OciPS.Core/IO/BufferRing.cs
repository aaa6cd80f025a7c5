// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;

namespace OciPS.IO;

/// <summary>A few buffers that circulate between a producer and a consumer on different threads.</summary>
internal sealed class BufferRing : IDisposable
{
    private const int Count = 4;
    private const int BufferSize = 128 * 1024;

    private readonly PooledBuffer?[] _buffers = new PooledBuffer?[Count];
    private readonly int[] _lengths = new int[Count];
    private readonly SingleWaiterSemaphore _free = new(Count);
    private readonly SingleWaiterSemaphore _filled = new(0);
    private int _next;
    private int _first;

    /// <summary>Waits for a free buffer; the same one until it is handed over.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Memory<byte>> TakeFreeAsync(CancellationToken cancellationToken, bool endsAtOnce = false)
    {
        await _free.WaitAsync(cancellationToken, endsAtOnce).ConfigureAwait(false);
        return Next();
    }

    /// <inheritdoc cref="TakeFreeAsync"/>
    public Memory<byte> TakeFree()
    {
        _free.Wait();
        return Next();
    }

    /// <summary>Hands over the free buffer with its content; length 0 means the end.</summary>
    public void HandOver(int length)
    {
        _lengths[_next] = length;
        _next = (_next + 1) % Count;
        _filled.Release();
    }

    /// <summary>Waits for the next filled buffer.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>> TakeFilledAsync(CancellationToken cancellationToken, bool endsAtOnce = false)
    {
        await _filled.WaitAsync(cancellationToken, endsAtOnce).ConfigureAwait(false);
        return First();
    }

    /// <inheritdoc cref="TakeFilledAsync"/>
    public ReadOnlyMemory<byte> TakeFilled()
    {
        _filled.Wait();
        return First();
    }

    /// <summary>Returns the oldest filled buffer.</summary>
    public void GiveBack()
    {
        _first = (_first + 1) % Count;
        _free.Release();
    }

    /// <summary>Called after both sides have stopped.</summary>
    public void Dispose() => Array.ForEach(_buffers, static buffer => buffer?.Dispose());

    private Memory<byte> Next() => (_buffers[_next] ??= new PooledBuffer(BufferSize)).Memory;

    private ReadOnlyMemory<byte> First() => _lengths[_first] == 0 ? default : _buffers[_first]!.Memory[.._lengths[_first]];
}
