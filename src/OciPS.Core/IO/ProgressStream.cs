// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;

namespace OciPS.IO;

/// <summary>Reports how many bytes were read through it.</summary>
internal sealed class ProgressStream(Stream inner, string item, long total, IOperationLog log) : ForwardStream
{
    private readonly ITransferLog _transfer = log.Begin(item, total);
    private long _done;

    public override int Read(Span<byte> buffer) => Tell(inner.Read(buffer));

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Tell(await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _transfer.Dispose();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Tell(int count)
    {
        _done += count;
        _transfer.Report(_done);
        return count;
    }
}
