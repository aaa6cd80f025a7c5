// SPDX-License-Identifier: MIT

using Microsoft.Win32.SafeHandles;

namespace OciPS.IO;

/// <summary>A range of a file, read through a handle that may be shared.</summary>
internal sealed class FileRangeStream(SafeFileHandle file, long offset, long length, IDisposable? owner = null) : ForwardStream
{
    private readonly long _end = offset + length;
    private long _position = offset;

    public override long Length => length;

    /// <summary>The time of the file's last change.</summary>
    public DateTime LastWriteTimeUtc => File.GetLastWriteTimeUtc(file);

    public override int Read(Span<byte> buffer)
    {
        int count = RandomAccess.Read(file, Limit(buffer), _position);
        _position += count;
        return count;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await RandomAccess.ReadAsync(
            file, buffer[..Limit(buffer.Span).Length], _position, cancellationToken).ConfigureAwait(false);
        _position += count;
        return count;
    }

    public override bool TrySkip(long count)
    {
        if (count > _end - _position)
        {
            return false;
        }

        _position += count;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            owner?.Dispose();
        }

        base.Dispose(disposing);
    }

    private Span<byte> Limit(Span<byte> buffer) => buffer[..(int)Math.Min(buffer.Length, _end - _position)];
}
