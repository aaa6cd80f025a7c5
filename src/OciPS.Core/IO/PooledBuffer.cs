// SPDX-License-Identifier: MIT

using System.Buffers;

namespace OciPS.IO;

/// <summary>An array lent by the shared pool.</summary>
internal sealed class PooledBuffer(int length) : IDisposable
{
    private byte[]? _array = ArrayPool<byte>.Shared.Rent(length);

    /// <summary>The whole array, perhaps longer than was asked for.</summary>
    public byte[] Array => _array ?? throw new ObjectDisposedException(nameof(PooledBuffer));

    public Memory<byte> Memory => Array;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
