// SPDX-License-Identifier: MIT

using OciPS.IO;

namespace OciPS;

/// <summary>Passes written data on in arrays, each a new one, since the receiver may keep it.</summary>
internal sealed class ByteArrayStream(Func<byte[], CancellationToken, Task> handOn) : WriteOnlyStream
{
    private const int ArraySize = 64 * 1024;

    private byte[] _array = new byte[ArraySize];
    private int _count;

    public override void Write(ReadOnlySpan<byte> buffer) => throw new NotSupportedException();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            int count = Math.Min(buffer.Length, ArraySize - _count);
            buffer[..count].CopyTo(_array.AsMemory(_count));
            buffer = buffer[count..];
            _count += count;
            if (_count == ArraySize)
            {
                await handOn(_array, cancellationToken).ConfigureAwait(false);
                _array = new byte[ArraySize];
                _count = 0;
            }
        }
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_count > 0)
        {
            await handOn(_array[.._count], cancellationToken).ConfigureAwait(false);
            _count = 0;
        }
    }
}
