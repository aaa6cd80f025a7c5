// SPDX-License-Identifier: MIT

namespace OciPS.IO;

/// <summary>Writes to another stream what is read through it.</summary>
internal sealed class TeeStream(Stream inner, Stream output) : ForwardStream
{
    public override int Read(Span<byte> buffer)
    {
        int count = inner.Read(buffer);
        output.Write(buffer[..count]);
        return count;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        await output.WriteAsync(buffer[..count], cancellationToken).ConfigureAwait(false);
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
