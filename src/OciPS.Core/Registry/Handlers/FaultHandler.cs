// SPDX-License-Identifier: MIT

using System.Runtime.ExceptionServices;
using OciPS.Registry.Http;
using OciPS.Registry.Resilience;

namespace OciPS.Registry.Handlers;

/// <summary>Turns a failed transfer into an error that says which host could not be reached, and why.</summary>
internal sealed class FaultHandler(FaultTexts faults, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException error)
        {
            // The cause of the failure says more: a body that could not be read, or an address that is refused.
            (request.Content as BlobContent)?.SourceError?.Throw();
            if (error.GetBaseException() is OciException cause)
            {
                ExceptionDispatchInfo.Throw(cause);
            }

            (string why, Remedy remedy) = faults.Describe(error, request.RequestUri!);
            throw faults.Unreachable(request, why, error, TransientFaults.IsTransient(error), remedy);
        }
    }
}
