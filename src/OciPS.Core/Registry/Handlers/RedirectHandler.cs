// SPDX-License-Identifier: MIT

using System.Net;
using OciPS.Registry.Http;

namespace OciPS.Registry.Handlers;

/// <summary>Follows permitted redirects; credentials are not sent to another host.</summary>
internal sealed class RedirectHandler(string registry, RegistryEndpoint endpoint, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int MaximumRedirects = 10;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        RegistryRequest asked = RegistryRequest.For(request);
        await CheckBeginAsync(asked, cancellationToken).ConfigureAwait(false);
        Uri current = asked.Address;
        for (int redirects = 0; ; redirects++)
        {
            using HttpRequestMessage message = asked.CreateMessage(current);
            Authorize(message, request, isOwn: RegistryEndpoint.SameOrigin(current, asked.Address));
            HttpResponseMessage response = await base.SendAsync(message, cancellationToken).ConfigureAwait(false);
            if (!IsRedirect(response, asked) || ResponseLocation.From(response) is not { } next)
            {
                return response;
            }

            response.Dispose();
            CheckRedirect(current, next, redirects);
            current = next;
        }
    }

    private static void Authorize(HttpRequestMessage message, HttpRequestMessage envelope, bool isOwn)
    {
        message.Headers.Authorization = isOwn ? envelope.Headers.Authorization : null;
        SentCredential sent = isOwn && SentCredential.For(envelope) is { } own ? own : new SentCredential(isOwn, null);
        sent.NoteAt(message);
    }

    private static bool IsRedirect(HttpResponseMessage response, RegistryRequest asked) => asked.IsRead
        && response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    // A registry may redirect an upload to another host; uploaded content must not cross the network in clear text.
    private async ValueTask CheckBeginAsync(RegistryRequest asked, CancellationToken cancellationToken)
    {
        Uri own = await endpoint.FindAsync(cancellationToken).ConfigureAwait(false);
        if (RegistryEndpoint.SameOrigin(asked.Address, own))
        {
            return;
        }

        if (asked.IsRead)
        {
            CheckRedirect(own, asked.Address, 0);
        }
        else if (asked.Address.Scheme != Uri.UriSchemeHttps)
        {
            throw new RegistryException(
                ErrorIds.UnsafeRedirect,
                $"'{registry}' wants the upload at '{asked.Address.Place()}', which is another host and not HTTPS; nothing was sent "
                    + "there. If that is the registry itself, its proxy has to tell it the outer scheme and host (X-Forwarded-Proto, "
                    + "Host).");
        }
    }

    private void CheckRedirect(Uri current, Uri next, int redirects)
    {
        if (redirects == MaximumRedirects)
        {
            throw new RegistryException(ErrorIds.RegistryError, $"'{registry}' redirects in a circle.");
        }

        bool isWeb = next.Scheme == Uri.UriSchemeHttps || next.Scheme == Uri.UriSchemeHttp;
        if (!isWeb || (current.Scheme == Uri.UriSchemeHttps && next.Scheme != Uri.UriSchemeHttps))
        {
            throw new RegistryException(
                ErrorIds.UnsafeRedirect, $"'{registry}' redirects from HTTPS to '{next.Scheme}://{next.Host}', which is not followed.");
        }
    }
}
