// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;

namespace OciPS.IO;

/// <summary>Copies the bytes that are read through it to a sink, which stays open.</summary>
internal sealed class TapStream(Stream inner, Stream sink) : ForwardStream
{
    public override int Read(Span<byte> buffer)
    {
        int count = inner.Read(buffer);
        sink.Write(buffer[..count]);
        return count;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        await sink.WriteAsync(buffer[..count], cancellationToken).ConfigureAwait(false);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
