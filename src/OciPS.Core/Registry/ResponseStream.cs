// SPDX-License-Identifier: MIT

using OciPS.Streams;

namespace OciPS.Registry;

/// <summary>The body of an answer; ends the answer with itself, and says which registry broke off.</summary>
internal sealed class ResponseStream(HttpResponseMessage response, Stream body, string registry) : ForwardStream
{
    public override int Read(Span<byte> buffer)
    {
        try
        {
            return body.Read(buffer);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            throw BrokenOff(error);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            throw BrokenOff(error);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
            response.Dispose();
        }

        base.Dispose(disposing);
    }

    private RegistryException BrokenOff(Exception error) =>
        new(ErrorIds.RegistryUnreachable, $"The transfer from '{registry}' broke off: {error.Message}", 0, error);
}
