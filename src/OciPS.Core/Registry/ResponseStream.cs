// SPDX-License-Identifier: MIT

using OciPS.Registry.Resilience;
using OciPS.Streams;

namespace OciPS.Registry;

/// <summary>The body of an answer; ends the answer with itself, and says which registry broke off or fell silent.</summary>
internal sealed class ResponseStream(HttpResponseMessage response, Stream body, string registry) : ForwardStream
{
    public override int Read(Span<byte> buffer) => throw new NotSupportedException("Answers are read asynchronously.");

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        idle.CancelAfter(RetrySettings.IdleTimeout);
        try
        {
            return await body.ReadAsync(buffer, idle.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw BrokenOff($"nothing came for {RetrySettings.IdleTimeout.TotalSeconds:0} seconds.", error);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            throw BrokenOff(error.Message, error);
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

    private RegistryException BrokenOff(string why, Exception error) =>
        new(ErrorIds.RegistryUnreachable, $"The transfer from '{registry}' broke off: {why}", 0, error) { IsTransient = true };
}
