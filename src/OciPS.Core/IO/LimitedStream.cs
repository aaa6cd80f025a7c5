// SPDX-License-Identifier: MIT

namespace OciPS.IO;

/// <summary>The next bytes of a stream, up to a given number.</summary>
/// <param name="inner">The stream.</param>
/// <param name="length">The number of bytes.</param>
/// <param name="leaveOpen">Whether the stream stays open when this one is disposed.</param>
internal sealed class LimitedStream(Stream inner, long length, bool leaveOpen = false) : ForwardStream
{
    private long _left = length;

    /// <summary>The number of unread bytes.</summary>
    public long Left => _left;

    public override int Read(Span<byte> buffer) => Took(inner.Read(buffer[..Limit(buffer.Length)]));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Took(await inner.ReadAsync(buffer[..Limit(buffer.Length)], cancellationToken).ConfigureAwait(false));

    protected override void Dispose(bool disposing)
    {
        if (disposing && !leaveOpen)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Limit(int wanted) => (int)Math.Min(wanted, _left);

    private int Took(int count)
    {
        _left -= count;
        return count;
    }
}
