// SPDX-License-Identifier: MIT

using OciPS.Registry.Http;

namespace OciPS.Registry.Handlers;

/// <summary>Sends a request again after a transient failure, as its operation's budget allows.</summary>
internal sealed class RetryHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        RegistryRequest asked = RegistryRequest.For(request);
        if (asked.Retry is not { } retry)
        {
            return base.SendAsync(request, cancellationToken);
        }

        string what = $"{asked.Method} {asked.Address.PlaceAndPath()}";
        return asked.IsQuestion
            ? retry.SendQuestionAsync(token => base.SendAsync(request, token), what, cancellationToken)
            : retry.SendAsync(token => base.SendAsync(request, token), what, cancellationToken);
    }
}
