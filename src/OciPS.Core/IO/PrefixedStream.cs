// SPDX-License-Identifier: MIT

namespace OciPS.IO;

/// <summary>A stream with bytes from memory before and after it.</summary>
internal sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream inner, ReadOnlyMemory<byte> suffix = default) : ForwardStream
{
    private bool _innerEnded;

    public override int Read(Span<byte> buffer)
    {
        if (TryTake(ref prefix, buffer, out int taken))
        {
            return taken;
        }

        int count = _innerEnded ? 0 : inner.Read(buffer);
        return AfterInner(count, buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (TryTake(ref prefix, buffer.Span, out int taken))
        {
            return taken;
        }

        int count = _innerEnded ? 0 : await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        return AfterInner(count, buffer.Span);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int AfterInner(int count, Span<byte> buffer)
    {
        if (count > 0 || buffer.IsEmpty)
        {
            return count;
        }

        _innerEnded = true;
        TryTake(ref suffix, buffer, out int taken);
        return taken;
    }

    private static bool TryTake(ref ReadOnlyMemory<byte> bytes, Span<byte> buffer, out int taken)
    {
        taken = Math.Min(bytes.Length, buffer.Length);
        bytes.Span[..taken].CopyTo(buffer);
        bytes = bytes[taken..];
        return taken > 0;
    }
}
