// SPDX-License-Identifier: MIT

using System.Net;
using System.Net.Http.Headers;
using OciPS.Registry.Connections;
using OciPS.Registry.Handlers;
using OciPS.Registry.Http;

namespace OciPS.Registry.Auth;

/// <summary>Adds the <c>Authorization</c> header to requests to the registry, and answers its challenge once.</summary>
internal sealed class AuthenticationHandler(
    RegistryConnection connection, RegistryEndpoint endpoint, RegistryAuthenticator authenticator, HttpMessageHandler inner)
    : DelegatingHandler(inner)
{
    /// <summary>Whether a credential may be sent to an address: over HTTPS, or where the user allowed plain HTTP.</summary>
    public bool MayAuthorize(Uri address) => address.Scheme == Uri.UriSchemeHttps || connection.PlainHttp;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        RegistryRequest asked = RegistryRequest.For(request);
        bool isOwn = await endpoint.IsOwnAsync(asked.Address, cancellationToken).ConfigureAwait(false);
        AuthenticationHeaderValue? first = isOwn && MayAuthorize(asked.Address) ? authenticator.FindCached(asked.Scopes) : null;
        HttpResponseMessage response = await SendAsync(request, first, cancellationToken).ConfigureAwait(false);
        // Challenges of a storage service after a redirect are not answered.
        if (response.StatusCode != HttpStatusCode.Unauthorized
            || !isOwn
            || !RegistryEndpoint.SameOrigin(response.RequestMessage!.RequestUri!, asked.Address))
        {
            return response;
        }

        AuthenticationHeaderValue? answer = await AnswerAsync(response, asked, first, cancellationToken).ConfigureAwait(false);
        if (answer is null)
        {
            return response;
        }

        response.Dispose();
        return await SendAsync(request, answer, cancellationToken).ConfigureAwait(false);
    }

    private Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, AuthenticationHeaderValue? authorization, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = authorization;
        new SentCredential(true, authenticator.FindOwner(authorization)).NoteAt(request);
        return base.SendAsync(request, cancellationToken);
    }

    private Task<AuthenticationHeaderValue?> AnswerAsync(
        HttpResponseMessage refused, RegistryRequest asked, AuthenticationHeaderValue? tried, CancellationToken cancellationToken)
    {
        if (MayAuthorize(refused.RequestMessage!.RequestUri!))
        {
            return authenticator.AnswerAsync(refused, asked.Scopes, tried, asked.Log, cancellationToken);
        }

        refused.Dispose();
        throw new RegistryException(
            ErrorIds.Unauthorized,
            $"'{connection.Registry}' requires authentication, but is used over plain HTTP, where others could read a credential; none "
                + "was sent.",
            (int)HttpStatusCode.Unauthorized)
        {
            Remedy = Remedy.AllowPlainHttp,
            RemedySubject = connection.Registry,
        };
    }
}
