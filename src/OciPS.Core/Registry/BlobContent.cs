// SPDX-License-Identifier: MIT

using System.Net;
using System.Net.Http.Headers;
using OciPS.Stores;

namespace OciPS.Registry;

/// <summary>A blob as the body of a request; read anew each time the request is sent.</summary>
internal sealed class BlobContent : HttpContent
{
    private readonly BlobSource _source;
    private readonly long _size;

    public BlobContent(BlobSource source, long size)
    {
        _source = source;
        _size = size;
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        _source.WriteToAsync(stream, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _source.WriteToAsync(stream, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = _size;
        return true;
    }
}
