// SPDX-License-Identifier: MIT

using System.Globalization;
using OciPS.Registry.Http;

namespace OciPS.Registry.Handlers;

/// <summary>Logs each request and its response, without secrets.</summary>
internal sealed class LogHandler(TimeProvider clock, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        long begin = clock.GetTimestamp();
        string outcome = "no answer";
        try
        {
            HttpResponseMessage response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            outcome = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
            return response;
        }
        finally
        {
            RegistryRequest.For(request).Log.Debug(string.Create(
                CultureInfo.InvariantCulture,
                $"{request.Method} {request.RequestUri!.PlaceAndPath()}: {outcome} "
                    + $"({clock.GetElapsedTime(begin).TotalMilliseconds:0} ms)"));
        }
    }
}
