// SPDX-License-Identifier: MIT

using OciPS.Registry.Resilience;

namespace OciPS.Registry.Handlers;

/// <summary>Limits the concurrent requests to a host, and adapts the limit to its responses.</summary>
internal sealed class ThrottleHandler(HostThrottles throttles, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HostThrottle throttle = throttles.For(request);
        using IDisposable turn = await throttle.EnterAsync(cancellationToken).ConfigureAwait(false);
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        throttle.Learn(response);
        return response;
    }
}
