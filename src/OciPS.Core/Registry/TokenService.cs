// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OciPS.Registry.Credentials;
using OciPS.Registry.Resilience;

namespace OciPS.Registry;

/// <summary>The service that gives tokens for a registry.</summary>
/// <remarks>distribution, "Token Authentication Specification" and "OAuth2 Token Authentication".</remarks>
internal sealed class TokenService(string registry, RegistryTransfer transfer)
{
    private const int MaximumAnswer = 1024 * 1024;
    private const string ClientId = "OciPS";
    private static readonly TimeSpan s_defaultLifetime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_earlier = TimeSpan.FromSeconds(30);

    // A service may take each identity token once only, and give the next one with its answer.
    private readonly ConcurrentDictionary<string, string> _renewed = new(StringComparer.Ordinal);

    /// <summary>A token, and until when it may be used.</summary>
    public sealed record Token(AuthenticationHeaderValue Header, DateTimeOffset ExpiresOn);

    /// <summary>Asks for a token.</summary>
    /// <param name="challenge">What the registry said of the service.</param>
    /// <param name="scopes">What the token has to allow.</param>
    /// <param name="asker">The address that the registry has.</param>
    /// <param name="credential">Who asks; null for nobody.</param>
    /// <param name="log">Is told of the request.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Token> AskAsync(
        AuthChallenge challenge, IReadOnlyList<string> scopes, Uri asker, RegistryCredential? credential, IOperationLog log, CancellationToken cancellationToken)
    {
        Uri realm = CheckRealm(challenge, asker);
        using HttpRequestMessage request = credential?.IdentityToken is { } identityToken
            ? Refresh(realm, challenge, scopes, _renewed.GetValueOrDefault(identityToken, identityToken))
            : Ask(realm, challenge, scopes, credential);
        using HttpResponseMessage response = await transfer.SendAsync(request, $"The token service of '{registry}'", log, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            bool isRefusal = response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest;
            throw new RegistryException(
                isRefusal ? ErrorIds.Unauthorized : ErrorIds.RegistryError,
                $"The token service '{realm.Host}' of '{registry}' refused a token{(scopes.Count > 0 ? " for " + string.Join(' ', scopes) : "")} (status {(int)response.StatusCode}). {RegistryErrors.CredentialHint}",
                (int)response.StatusCode)
            {
                IsTransient = TransientFaults.IsTransient(response),
                RetryAfter = TransientFaults.RetryAfter(response),
            };
        }

        return await ReadAsync(response, realm, credential?.IdentityToken, cancellationToken).ConfigureAwait(false);
    }

    private static HttpRequestMessage Ask(Uri realm, AuthChallenge challenge, IReadOnlyList<string> scopes, RegistryCredential? credential)
    {
        var query = new StringBuilder(realm.Query.TrimStart('?'));
        void Add(string name, string value) => query.Append(query.Length > 0 ? "&" : "").Append(name).Append('=').Append(Uri.EscapeDataString(value));
        if (challenge.Service is { } service)
        {
            Add("service", service);
        }

        foreach (string scope in scopes)
        {
            Add("scope", scope);
        }

        var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(realm) { Query = query.ToString() }.Uri);
        request.Headers.Authorization = RegistryAuthenticator.ToBasic(credential);
        return request;
    }

    private static HttpRequestMessage Refresh(Uri realm, AuthChallenge challenge, IReadOnlyList<string> scopes, string identityToken) => new(HttpMethod.Post, realm)
    {
        Content = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "refresh_token",
            ["service"] = challenge.Service ?? string.Empty,
            ["client_id"] = ClientId,
            ["scope"] = string.Join(' ', scopes),
            ["refresh_token"] = identityToken,
        }),
    };

    private Uri CheckRealm(AuthChallenge challenge, Uri asker)
    {
        if (!Uri.TryCreate(challenge.Realm, UriKind.Absolute, out Uri? realm)
            || (realm.Scheme != Uri.UriSchemeHttps && !(realm.Scheme == Uri.UriSchemeHttp && RegistryEndpoint.IsLoopback(realm) && RegistryEndpoint.IsLoopback(asker))))
        {
            throw new RegistryException(
                ErrorIds.Unauthorized, $"'{registry}' asks for a token from '{realm?.PlaceAndPath() ?? "nowhere"}', which is not an HTTPS address; no credential is sent there.");
        }

        return realm;
    }

    private async Task<Token> ReadAsync(HttpResponseMessage response, Uri realm, string? identityToken, CancellationToken cancellationToken)
    {
        try
        {
            byte[] answer = await response.ReadBoundedAsync(MaximumAnswer, "The token service's answer", cancellationToken).ConfigureAwait(false);
            using var json = JsonDocument.Parse(answer);
            if (identityToken is not null && Text(json.RootElement, "refresh_token") is { Length: > 0 } next)
            {
                _renewed[identityToken] = next;
            }

            string? text = Text(json.RootElement, "token") ?? Text(json.RootElement, "access_token");
            if (!string.IsNullOrEmpty(text))
            {
                TimeSpan lifetime = json.RootElement.TryGetProperty("expires_in", out JsonElement seconds) && seconds.TryGetInt32(out int value) && value > 0
                    ? TimeSpan.FromSeconds(value)
                    : s_defaultLifetime;
                TimeSpan earlier = lifetime / 2 < s_earlier ? lifetime / 2 : s_earlier;
                return new Token(new AuthenticationHeaderValue("Bearer", text), DateTimeOffset.UtcNow + lifetime - earlier);
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            // What came is no token; the error below says so, without what came.
        }

        throw new RegistryException(ErrorIds.RegistryError, $"The token service '{realm.Host}' of '{registry}' gave an answer without a token.");
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
