// SPDX-License-Identifier: MIT

using System.Net;
using System.Net.Http.Headers;
using OciPS.Registry.Auth;
using OciPS.Registry.Connections;
using OciPS.Registry.Http;
using OciPS.Registry.Resilience;

namespace OciPS.Registry.Client;

/// <summary>Speaks HTTP with one registry: proves who we are where it may know, and follows redirects where they may lead.</summary>
internal sealed class RegistryClient
{
    private const int MaximumRedirects = 10;

    private readonly RegistryConnection _connection;
    private readonly RegistryEndpoint _endpoint;
    private readonly HttpSender _transfer;
    private readonly RegistryAuthenticator _authenticator;

    public RegistryClient(RegistryConnection connection, Registries registries)
    {
        _connection = connection;
        Policies = registries.Policies;
        _endpoint = new RegistryEndpoint(connection, registries.Http);
        _transfer = new HttpSender(connection, _endpoint, registries.Http);
        _authenticator = new RegistryAuthenticator(connection, _transfer, registries.Clock);
    }

    /// <summary>How the registry is sent blobs whose digest is known at their end only: the quickest way until it refuses that.</summary>
    public UploadMode Uploads { get; private set; }

    public RetryPolicies Policies { get; }

    /// <summary>The registry's host as references name it.</summary>
    public string Registry => _connection.Registry;

    /// <summary>Sends blobs in another way from now on, which the registry is more likely to take; false if it does already.</summary>
    public bool FallBack(UploadMode mode)
    {
        bool isNew = mode > Uploads;
        Uploads = isNew ? mode : Uploads;
        return isNew;
    }

    /// <summary>Sends a request, with what the registry asks for to know us.</summary>
    /// <param name="method">The method.</param>
    /// <param name="address">Where to; if that is elsewhere, our credential does not come along.</param>
    /// <param name="scopes">What a token has to allow.</param>
    /// <param name="prepare">Sets headers and content; called again when the request has to be sent again.</param>
    /// <param name="log">Is told of each request.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, Uri address, IReadOnlyList<string> scopes, Action<HttpRequestMessage>? prepare, IOperationLog log, CancellationToken cancellationToken)
    {
        bool isOurs = await _endpoint.IsOwnAsync(address, cancellationToken).ConfigureAwait(false);
        if (!isOurs)
        {
            CheckElsewhere(method, await _endpoint.FindAsync(cancellationToken).ConfigureAwait(false), address);
        }

        AuthenticationHeaderValue? authorization = isOurs && MayAuthorize(address) ? _authenticator.Cached(scopes) : null;
        HttpResponseMessage response = await FollowAsync(
            method, address, authorization, prepare, log, cancellationToken).ConfigureAwait(false);
        // What a storage service that we were sent to asks for is not ours to answer.
        if (response.StatusCode != HttpStatusCode.Unauthorized || !isOurs || !SameOrigin(response.RequestMessage!.RequestUri!, address))
        {
            return response;
        }

        AuthenticationHeaderValue? answer = await AnswerAsync(
            response, scopes, authorization, log, cancellationToken).ConfigureAwait(false);
        if (answer is null)
        {
            return response;
        }

        response.Dispose();
        return await FollowAsync(method, address, answer, prepare, log, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends the credential from now on without being asked; false if there is none, or none that may be sent so.</summary>
    public async Task<bool> OfferCredentialAsync(CancellationToken cancellationToken) =>
        MayAuthorize(await _endpoint.FindAsync(cancellationToken).ConfigureAwait(false)) && _authenticator.Offer();

    /// <summary>The address of a path below <c>/v2/</c>.</summary>
    public async ValueTask<Uri> GetAddressAsync(string path, CancellationToken cancellationToken) =>
        new(await _endpoint.FindAsync(cancellationToken).ConfigureAwait(false), "/v2/" + path);

    private static bool IsRead(HttpMethod method) => method == HttpMethod.Get || method == HttpMethod.Head;

    private static bool IsRedirect(HttpResponseMessage response, HttpMethod method) => IsRead(method)
        && response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static bool SameOrigin(Uri a, Uri b) => RegistryEndpoint.SameOrigin(a, b);

    private bool MayAuthorize(Uri address) => address.Scheme == Uri.UriSchemeHttps || _connection.PlainHttp;

    private Task<AuthenticationHeaderValue?> AnswerAsync(
        HttpResponseMessage refused, IReadOnlyList<string> scopes, AuthenticationHeaderValue? tried, IOperationLog log, CancellationToken cancellationToken)
    {
        if (MayAuthorize(refused.RequestMessage!.RequestUri!))
        {
            return _authenticator.AnswerAsync(refused, scopes, tried, log, cancellationToken);
        }

        refused.Dispose();
        throw new RegistryException(
            ErrorIds.Unauthorized,
            $"'{Registry}' requires authentication, but is used over plain HTTP, where others could read a credential; none was sent.",
            (int)HttpStatusCode.Unauthorized)
        {
            Remedy = Remedy.AllowPlainHttp,
            RemedySubject = Registry,
        };
    }

    // A registry may send us elsewhere with an upload; what is pushed is not for everybody on the way.
    private void CheckElsewhere(HttpMethod method, Uri own, Uri address)
    {
        if (IsRead(method))
        {
            CheckRedirect(own, address, 0);
        }

        if (!IsRead(method) && address.Scheme != Uri.UriSchemeHttps)
        {
            throw new RegistryException(
                ErrorIds.UnsafeRedirect,
                $"'{Registry}' wants the upload at '{address.Place()}', which is another place and not HTTPS; nothing was sent there. If that is the registry itself, its proxy has to tell it the outer scheme and host (X-Forwarded-Proto, Host).");
        }
    }

    private async Task<HttpResponseMessage> FollowAsync(
        HttpMethod method, Uri address, AuthenticationHeaderValue? authorization, Action<HttpRequestMessage>? prepare, IOperationLog log, CancellationToken cancellationToken)
    {
        Uri current = address;
        for (int redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(method, current);
            prepare?.Invoke(request);
            bool isOwn = SameOrigin(current, address);
            request.Headers.Authorization = isOwn ? authorization : null;
            new SentCredential(isOwn, isOwn ? _authenticator.FindOwner(authorization) : null).NoteAt(request);
            HttpResponseMessage response = await _transfer.SendAsync(
                request, $"'{Registry}'", log, cancellationToken).ConfigureAwait(false);
            if (!IsRedirect(response, method) || ResponseLocation.From(response) is not { } next)
            {
                return response;
            }

            response.Dispose();
            CheckRedirect(current, next, redirects);
            current = next;
        }
    }

    private void CheckRedirect(Uri current, Uri next, int redirects)
    {
        if (redirects == MaximumRedirects)
        {
            throw new RegistryException(ErrorIds.RegistryError, $"'{Registry}' redirects in a circle.");
        }

        bool isWeb = next.Scheme == Uri.UriSchemeHttps || next.Scheme == Uri.UriSchemeHttp;
        if (!isWeb || (current.Scheme == Uri.UriSchemeHttps && next.Scheme != Uri.UriSchemeHttps))
        {
            throw new RegistryException(
                ErrorIds.UnsafeRedirect, $"'{Registry}' redirects from HTTPS to '{next.Scheme}://{next.Host}', which is not followed.");
        }
    }
}
