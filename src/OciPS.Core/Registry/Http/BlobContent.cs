// SPDX-License-Identifier: MIT

using System.Net;
using System.Net.Http.Headers;
using System.Runtime.ExceptionServices;

namespace OciPS.Registry.Http;

/// <summary>A blob or a part of one as the body of a request; produced again each time the request is sent.</summary>
internal sealed class BlobContent : HttpContent
{
    private readonly Func<Stream, CancellationToken, Task> _write;
    private readonly long? _size;

    /// <param name="write">Writes the bytes.</param>
    /// <param name="size">The number of bytes; null if it is known only after writing.</param>
    public BlobContent(Func<Stream, CancellationToken, Task> write, long? size)
    {
        _write = write;
        _size = size;
        IsCommitted = size is null;
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    /// <summary>Whether the registry stores the blob, or may do so, when the request ends.</summary>
    public bool IsCommitted { get; set; }

    /// <summary>The error of the blob's source; null if the source did not cause the failure.</summary>
    public ExceptionDispatchInfo? SourceError { get; private set; }

    /// <summary>Limits each wait for the registry; null for no limit.</summary>
    public IdleTimer? Idle { get; set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The time to produce the content is not the registry's fault.
        Idle?.Stop();
        using var output = new IdleWriteStream(stream, Idle);
        try
        {
            await _write(output, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (!output.HasFailed)
        {
            SourceError = ExceptionDispatchInfo.Capture(error);
            throw;
        }

        if (IsCommitted)
        {
            Idle?.AwaitCommit(output.BytesWritten);
        }
        else
        {
            Idle?.Start();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _size ?? 0;
        return _size is not null;
    }
}
