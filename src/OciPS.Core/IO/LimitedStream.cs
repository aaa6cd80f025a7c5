// SPDX-License-Identifier: MIT

namespace OciPS.IO;

/// <summary>The next bytes of a stream, no more than a number of them.</summary>
/// <param name="inner">The stream.</param>
/// <param name="length">How many.</param>
/// <param name="leaveOpen">Whether the stream is used on afterwards, and not disposed.</param>
internal sealed class LimitedStream(Stream inner, long length, bool leaveOpen = false) : ForwardStream
{
    private long _left = length;

    /// <summary>How many were not read yet.</summary>
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
