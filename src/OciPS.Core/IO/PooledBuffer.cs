// SPDX-License-Identifier: MIT

using System.Buffers;

namespace OciPS.IO;

/// <summary>An array rented from the shared pool.</summary>
internal sealed class PooledBuffer(int length) : IDisposable
{
    private byte[]? _array = ArrayPool<byte>.Shared.Rent(length);

    /// <summary>The whole array, which may be longer than requested.</summary>
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
