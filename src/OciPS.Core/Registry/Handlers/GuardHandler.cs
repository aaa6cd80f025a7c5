// SPDX-License-Identifier: MIT

using System.Net;
using OciPS.Registry.Http;

namespace OciPS.Registry.Handlers;

/// <summary>Prevents a remote registry from redirecting requests to this machine or its local network.</summary>
/// <remarks><see cref="SsrfGuard"/> checks the resolved addresses when it connects.</remarks>
internal sealed class GuardHandler(RegistryEndpoint endpoint, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Uri target = request.RequestUri!;
        bool isTrusted = await endpoint.IsOwnAsync(target, cancellationToken).ConfigureAwait(false)
            || await endpoint.IsLocalAsync(cancellationToken).ConfigureAwait(false);
        if (!isTrusted && IsLocal(target))
        {
            throw SsrfGuard.Refused(target.Host, null);
        }

        request.Options.Set(ConnectionHandler.IsTrusted, isTrusted);
        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private static bool IsLocal(Uri target) => LocalAddress.IsLoopbackName(target.IdnHost)
        || (IPAddress.TryParse(target.IdnHost, out IPAddress? address) && LocalAddress.Is(address));
}
