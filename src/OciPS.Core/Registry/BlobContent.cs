// SPDX-License-Identifier: MIT

using System.Net;
using System.Net.Http.Headers;

namespace OciPS.Registry;

/// <summary>A blob or a part of one as the body of a request; read anew each time the request is sent.</summary>
internal sealed class BlobContent : HttpContent
{
    private readonly Func<Stream, CancellationToken, Task> _write;
    private readonly long _size;

    public BlobContent(Func<Stream, CancellationToken, Task> write, long size)
    {
        _write = write;
        _size = size;
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    /// <summary>Whether the registry puts the blob away when it has all of it.</summary>
    public bool IsCommitted { get; set; }

    /// <summary>Bounds each wait for the registry; null for none.</summary>
    public IdleTimer? Idle { get; set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // How long it takes to come by the content is not the registry's fault.
        Idle?.Stop();
        using var output = new IdleWriteStream(stream, Idle);
        await _write(output, cancellationToken).ConfigureAwait(false);
        if (IsCommitted)
        {
            Idle?.AwaitCommit();
        }
        else
        {
            Idle?.Start();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _size;
        return true;
    }
}
