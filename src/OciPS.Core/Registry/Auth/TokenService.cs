// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OciPS.Registry.Connections;
using OciPS.Registry.Handlers;
using OciPS.Registry.Http;
using OciPS.Registry.Resilience;

namespace OciPS.Registry.Auth;

/// <summary>The token service of a registry.</summary>
/// <remarks>distribution, "Token Authentication Specification" and "OAuth2 Token Authentication".</remarks>
internal sealed class TokenService(string registry, HttpMessageInvoker transport, TimeProvider clock)
{
    private const int MaximumAnswer = 1024 * 1024;
    private const int MaximumRedirects = 5;
    private const string ClientId = "OciPS";
    private static readonly TimeSpan s_defaultLifetime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_longestLifetime = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_earlier = TimeSpan.FromSeconds(30);

    // A service may accept each identity token only once, and send the next one in its response.
    private readonly ConcurrentDictionary<string, string> _renewed = new(StringComparer.Ordinal);

    /// <summary>A token and its expiry.</summary>
    public sealed record Token(AuthenticationHeaderValue Header, DateTimeOffset ExpiresOn);

    /// <summary>Requests a token.</summary>
    /// <param name="challenge">The registry's challenge, which names the service.</param>
    /// <param name="scopes">The scopes of the token.</param>
    /// <param name="asker">The address of the registry.</param>
    /// <param name="credential">The credential; null for none.</param>
    /// <param name="log">Receives diagnostics.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<Token> AskAsync(
        AuthChallenge challenge, IReadOnlyList<string> scopes, Uri asker, RegistryCredential? credential, IOperationLog log,
        CancellationToken cancellationToken)
    {
        Uri realm = CheckRealm(challenge, asker);
        string whom = $"The token service of '{registry}'";
        RegistryRequest request = credential?.IdentityToken is { } identityToken
            ? new(HttpMethod.Post, realm, whom, log)
            {
                Prepare = message => message.Content = CreateForm(
                    challenge, scopes, _renewed.GetValueOrDefault(identityToken, identityToken)),
            }
            : new(HttpMethod.Get, GetAddress(realm, challenge, scopes), whom, log)
            {
                Prepare = message => message.Headers.Authorization = RegistryAuthenticator.ToBasic(credential),
            };
        using HttpResponseMessage response = await FollowAsync(request, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw await RefusedAsync(response, realm, scopes, credential, cancellationToken).ConfigureAwait(false);
        }

        return await ReadAsync(response, realm, credential?.IdentityToken, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends the request, and follows redirects on the service's own host; no other host gets the credential.</summary>
    private async Task<HttpResponseMessage> FollowAsync(RegistryRequest request, CancellationToken cancellationToken)
    {
        Uri address = request.Address;
        for (int redirects = 0; ; redirects++)
        {
            using HttpRequestMessage message = request.CreateMessage(address);
            HttpResponseMessage response = await transport.SendAsync(message, cancellationToken).ConfigureAwait(false);
            if (!IsRedirect(request.Method, response.StatusCode) || ResponseLocation.From(response) is not { } next)
            {
                return response;
            }

            response.Dispose();
            CheckRedirect(address, next, redirects);
            address = next;
        }
    }

    // Only 307 and 308 repeat the form unchanged (RFC 9110, section 15.4).
    private static bool IsRedirect(HttpMethod method, HttpStatusCode status) =>
        status is HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
        || (method == HttpMethod.Get && status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther);

    private void CheckRedirect(Uri service, Uri next, int redirects)
    {
        if (redirects == MaximumRedirects)
        {
            throw new RegistryException(
                ErrorIds.RegistryError, $"The token service '{service.Host}' of '{registry}' redirects in a circle.");
        }

        bool isSecured = next.Scheme == Uri.UriSchemeHttps && next.IsDefaultPort && next.IdnHost == service.IdnHost;
        if (!RegistryEndpoint.SameOrigin(service, next) && !isSecured)
        {
            throw new RegistryException(
                ErrorIds.UnsafeRedirect,
                $"The token service '{service.Place()}' of '{registry}' redirects to '{next.Place()}', which is another place; nothing "
                    + "was sent there.");
        }
    }

    private async Task<RegistryException> RefusedAsync(
        HttpResponseMessage response, Uri realm, IReadOnlyList<string> scopes, RegistryCredential? credential,
        CancellationToken cancellationToken)
    {
        bool isRefusal = response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest;
        (string words, bool isPage) = await RefusalText.ReadAsync(
            response,
            cancellationToken,
            credential?.IdentityToken is { } identity ? _renewed.GetValueOrDefault(identity, identity) : null).ConfigureAwait(false);
        string what =
            $"The token service '{realm.Host}' of '{registry}' refused a "
                + $"token{(scopes.Count > 0 ? " for " + string.Join(' ', scopes) : "")} (status {(int)response.StatusCode})";
        (string sent, Remedy remedy) = isRefusal
            ? new SentCredential(true, credential).Explain(response.StatusCode, isPage)
            : (string.Empty, Remedy.None);
        return new RegistryException(
            isRefusal ? ErrorIds.Unauthorized : ErrorIds.RegistryError,
            $"{what}{(words.Length > 0 ? ": " + RefusalText.Sentence(words) : ".")} {sent}".TrimEnd(),
            (int)response.StatusCode)
        {
            Remedy = remedy,
            IsTransient = TransientFaults.IsTransient(response),
            RetryAfter = TransientFaults.RetryAfter(response, RequestTiming.For(response).Clock),
        };
    }

    private static Uri GetAddress(Uri realm, AuthChallenge challenge, IReadOnlyList<string> scopes)
    {
        var query = new StringBuilder(realm.Query.TrimStart('?'));
        void Add(string name, string value) =>
            query.Append(query.Length > 0 ? "&" : "").Append(name).Append('=').Append(Uri.EscapeDataString(value));
        if (challenge.Service is { } service)
        {
            Add("service", service);
        }

        foreach (string scope in scopes)
        {
            Add("scope", scope);
        }

        return new UriBuilder(realm) { Query = query.ToString() }.Uri;
    }

    private static FormUrlEncodedContent CreateForm(AuthChallenge challenge, IReadOnlyList<string> scopes, string identityToken) =>
        new(new Dictionary<string, string>
        {
            ["grant_type"] = "refresh_token",
            ["service"] = challenge.Service ?? string.Empty,
            ["client_id"] = ClientId,
            ["scope"] = string.Join(' ', scopes),
            ["refresh_token"] = identityToken,
        });

    // A host that may get the credential over plain HTTP may get it at the same address; on loopback nobody else listens.
    private static bool IsTrusted(Uri realm, Uri asker) => realm.Scheme == Uri.UriSchemeHttps
        || (realm.Scheme == Uri.UriSchemeHttp
            && (RegistryEndpoint.SameOrigin(realm, asker) || (RegistryEndpoint.IsLoopback(realm) && RegistryEndpoint.IsLoopback(asker))));

    private Uri CheckRealm(AuthChallenge challenge, Uri asker)
    {
        if (!Uri.TryCreate(challenge.Realm, UriKind.Absolute, out Uri? realm) || !IsTrusted(realm, asker))
        {
            throw new RegistryException(
                ErrorIds.Unauthorized,
                $"'{registry}' asks for a token from '{realm?.PlaceAndPath() ?? "nowhere"}', which is not an HTTPS address; "
                    + "no credential is sent there.")
            {
                Remedy = Remedy.AllowPlainHttpForTokens,
            };
        }

        return realm;
    }

    private async Task<Token> ReadAsync(HttpResponseMessage response, Uri realm, string? identityToken, CancellationToken cancellationToken)
    {
        try
        {
            byte[] answer = await response.ReadBoundedAsync(
                MaximumAnswer, "The token service's answer", cancellationToken).ConfigureAwait(false);
            using var json = JsonDocument.Parse(WithoutMark(answer));
            if (identityToken is not null && Text(json.RootElement, "refresh_token") is { Length: > 0 } next)
            {
                _renewed[identityToken] = next;
            }

            string? text = Text(json.RootElement, "token") is { Length: > 0 } token ? token : Text(json.RootElement, "access_token");
            if (!string.IsNullOrEmpty(text))
            {
                TimeSpan lifetime = GetLifetime(json.RootElement);
                TimeSpan earlier = lifetime / 2 < s_earlier ? lifetime / 2 : s_earlier;
                return new Token(new AuthenticationHeaderValue("Bearer", text), clock.GetUtcNow() + lifetime - earlier);
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            // The response is not a token; the error below says so without quoting it.
        }

        throw new RegistryException(
            ErrorIds.RegistryError, $"The token service '{realm.Host}' of '{registry}' sent a response without a token.");
    }

    // An invalid lifetime (null, a text, a fraction) does not make the token useless.
    private static TimeSpan GetLifetime(JsonElement json) =>
        json.TryGetProperty("expires_in", out JsonElement seconds)
            && seconds.ValueKind == JsonValueKind.Number
            && seconds.TryGetDouble(out double value)
            && value >= 1
            ? TimeSpan.FromSeconds(Math.Min(value, s_longestLifetime.TotalSeconds))
            : s_defaultLifetime;

    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> text) =>
        text.Span.StartsWith(Encoding.UTF8.Preamble) ? text[Encoding.UTF8.Preamble.Length..] : text;

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
