// SPDX-License-Identifier: MIT

namespace OciPS.IO;

/// <summary>
/// Returns the first bytes in one read, even if they arrive in pieces: a <see cref="StreamReader"/> looks for a byte order mark only in its
/// first read.
/// </summary>
internal sealed class TextStartStream(Stream inner) : ForwardStream
{
    private const int LongestMark = 4;

    private bool _isStarted;

    public override long Length => inner.Length;

    public override int Read(Span<byte> buffer) =>
        Starts(buffer.Length) ? inner.ReadAtLeast(buffer, LongestMark, throwOnEndOfStream: false) : inner.Read(buffer);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Starts(buffer.Length)
            ? inner.ReadAtLeastAsync(buffer, LongestMark, throwOnEndOfStream: false, cancellationToken)
            : inner.ReadAsync(buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool Starts(int length)
    {
        bool starts = !_isStarted && length >= LongestMark;
        _isStarted |= starts;
        return starts;
    }
}
