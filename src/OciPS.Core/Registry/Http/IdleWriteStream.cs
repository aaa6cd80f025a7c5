// SPDX-License-Identifier: MIT

using OciPS.IO;

namespace OciPS.Registry.Http;

/// <summary>Sends in pieces and restarts the idle timer for each, to tell a slow registry from one that has stopped reading.</summary>
internal sealed class IdleWriteStream(Stream output, IdleTimer? idle) : WriteOnlyStream
{
    private const int Piece = 64 * 1024;

    /// <summary>Whether sending failed.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>The number of bytes sent.</summary>
    public long BytesWritten { get; private set; }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            int count = Math.Min(Piece, buffer.Length);
            idle?.Start();
            await SendAsync(buffer[..count], cancellationToken).ConfigureAwait(false);
            idle?.Stop();
            BytesWritten += count;
            buffer = buffer[count..];
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer) => throw new NotSupportedException("Blobs are sent asynchronously.");

    public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

    private async ValueTask SendAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        try
        {
            await output.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            HasFailed = true;
            throw;
        }
    }
}
