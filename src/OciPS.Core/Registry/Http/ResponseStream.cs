// SPDX-License-Identifier: MIT

using OciPS.IO;
using OciPS.Registry.Resilience;

namespace OciPS.Registry.Http;

/// <summary>The body of a response. Disposes the response, and reports which registry broke off or stopped sending.</summary>
/// <param name="response">The response.</param>
/// <param name="body">Its body.</param>
/// <param name="registry">The registry's host.</param>
/// <param name="size">The minimum length in bytes where the response gives none; 0 if unknown.</param>
internal sealed class ResponseStream(HttpResponseMessage response, Stream body, string registry, long size = 0) : ForwardStream
{
    // The end of the connection is the end of the body, so a break looks the same.
    private readonly bool _endsWithConnection =
        response.Version.Major < 2 && response.Content.Headers.ContentLength is null && response.Headers.TransferEncodingChunked != true;

    private readonly RequestTiming _timing = RequestTiming.For(response);
    private long _position;

    public override int Read(Span<byte> buffer) => throw new NotSupportedException("Answers are read asynchronously.");

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var idle = new IdleTimer(_timing, cancellationToken);
        idle.AwaitBody();
        int count;
        try
        {
            count = await body.ReadAsync(buffer, idle.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            RegistryException silent = BrokenOff($"nothing came for {idle.Waited.TotalSeconds:0} seconds.", error);
            silent.Silence = RetryBudget.GetSilence(_timing.Clock, idle.Waited);
            throw silent;
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            throw BrokenOff(error.Message, error);
        }

        _position += count;
        return count > 0 || buffer.IsEmpty || !_endsWithConnection || _position >= size
            ? count
            : throw BrokenOff($"it ended after {_position} of {size} bytes.", null);
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

    private RegistryException BrokenOff(string why, Exception? error) =>
        new(ErrorIds.RegistryUnreachable, $"The transfer from '{registry}' broke off: {why}", 0, error) { IsTransient = true };
}
