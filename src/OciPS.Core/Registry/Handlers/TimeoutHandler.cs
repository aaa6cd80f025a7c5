// SPDX-License-Identifier: MIT

using System.Globalization;
using OciPS.Registry.Http;
using OciPS.Registry.Resilience;

namespace OciPS.Registry.Handlers;

/// <summary>Cancels a request whose response does not begin in time.</summary>
internal sealed class TimeoutHandler(RequestTiming timing, FaultTexts faults, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>The number of bytes sent by earlier requests that this request commits.</summary>
    public static readonly HttpRequestOptionsKey<long> Committed = new("OciPS.Committed");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        timing.NoteAt(request);
        using var idle = new IdleTimer(timing, cancellationToken);
        Start(idle, request);
        try
        {
            return await base.SendAsync(request, idle.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw Silent(request, idle.Waited, error);
        }
    }

    private static void Start(IdleTimer idle, HttpRequestMessage request)
    {
        if (request.Content is BlobContent blob)
        {
            blob.Idle = idle;
            blob.IsCommitted |= request.Method == HttpMethod.Put;
        }

        idle.AwaitCommit(request.Options.TryGetValue(Committed, out long bytes) ? bytes : 0);
    }

    private RegistryException Silent(HttpRequestMessage request, TimeSpan waited, Exception error)
    {
        string why = string.Create(CultureInfo.InvariantCulture, $"no response to {request.Method} within {waited.TotalSeconds:0} seconds");
        RegistryException silent = faults.Unreachable(request, why, error, isTransient: true);
        silent.Silence = RetryBudget.GetSilence(timing.Clock, waited);
        return silent;
    }
}
