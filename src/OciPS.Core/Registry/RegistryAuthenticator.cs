// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace OciPS.Registry;

/// <summary>Answers a registry's challenges, with Basic credentials or a token, and keeps tokens for their scope.</summary>
/// <remarks>RFC 7235; distribution, "Token Authentication Specification".</remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Lives as long as the process.")]
internal sealed class RegistryAuthenticator(string registry, HttpClient http)
{
    private const int MaximumTokenAnswer = 1024 * 1024;
    private static readonly TimeSpan s_defaultLifetime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_earlier = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Token> _tokens = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _asking = new(1, 1);
    private AuthenticationHeaderValue? _basic;

    private sealed record Token(AuthenticationHeaderValue Header, DateTimeOffset ExpiresOn);

    /// <summary>What was good for these scopes before; null if nothing was needed or known yet.</summary>
    public AuthenticationHeaderValue? Cached(IReadOnlyList<string> scopes) =>
        _basic ?? (_tokens.TryGetValue(Key(scopes), out Token? token) && token.ExpiresOn > DateTimeOffset.UtcNow ? token.Header : null);

    /// <summary>What to send to a registry that refused; null if there is nothing that was not tried.</summary>
    public async Task<AuthenticationHeaderValue?> AnswerAsync(
        HttpResponseMessage refused, IReadOnlyList<string> scopes, AuthenticationHeaderValue? tried, CancellationToken cancellationToken)
    {
        AuthChallenge? challenge = AuthChallenge.Choose(refused.Headers.WwwAuthenticate);
        await _asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Someone else may have asked while we waited.
            if (Cached(scopes) is { } known && !known.Equals(tried))
            {
                return known;
            }

            return challenge switch
            {
                { IsBearer: true } => await AskForTokenAsync(challenge, scopes, refused.RequestMessage!.RequestUri!, cancellationToken).ConfigureAwait(false),
                { IsBearer: false } when tried is null && Credentials() is { } basic => _basic = basic,
                _ => null,
            };
        }
        finally
        {
            _asking.Release();
        }
    }

    private static string Key(IReadOnlyList<string> scopes) => string.Join(' ', scopes);

    private AuthenticationHeaderValue? Credentials() => DockerConfig.Find(registry) is { } credential
        ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.UserName}:{credential.Password}")))
        : null;

    private async Task<AuthenticationHeaderValue> AskForTokenAsync(
        AuthChallenge challenge, IReadOnlyList<string> scopes, Uri asker, CancellationToken cancellationToken)
    {
        Uri address = TokenAddress(challenge, scopes, asker);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = Credentials();
        using HttpResponseMessage response = await SendAsync(request, address, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            bool isRefusal = response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest;
            throw new RegistryException(
                isRefusal ? ErrorIds.Unauthorized : ErrorIds.RegistryError,
                $"The token service '{address.Host}' of '{registry}' refused a token for {Key(scopes)} (status {(int)response.StatusCode}). {RegistryErrors.CredentialHint}",
                (int)response.StatusCode);
        }

        Token token = await ReadTokenAsync(response, address, cancellationToken).ConfigureAwait(false);
        _tokens[Key(scopes)] = token;
        return token.Header;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException error)
        {
            throw new RegistryException(
                ErrorIds.RegistryUnreachable, $"The token service '{address.Host}' of '{registry}' cannot be reached: {error.GetBaseException().Message}", 0, error);
        }
    }

    private Uri TokenAddress(AuthChallenge challenge, IReadOnlyList<string> scopes, Uri asker)
    {
        if (!Uri.TryCreate(challenge.Realm, UriKind.Absolute, out Uri? realm)
            || (realm.Scheme != Uri.UriSchemeHttps && !(realm.Scheme == Uri.UriSchemeHttp && RegistryEndpoint.IsLoopback(realm) && RegistryEndpoint.IsLoopback(asker))))
        {
            throw new RegistryException(
                ErrorIds.Unauthorized, $"'{registry}' asks for a token from '{challenge.Realm}', which is not an HTTPS address; no credential is sent there.");
        }

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

        return new UriBuilder(realm) { Query = query.ToString() }.Uri;
    }

    private async Task<Token> ReadTokenAsync(HttpResponseMessage response, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(MaximumTokenAnswer).ConfigureAwait(false);
            using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
            string? text = Text(json.RootElement, "token") ?? Text(json.RootElement, "access_token");
            if (!string.IsNullOrEmpty(text))
            {
                TimeSpan lifetime = json.RootElement.TryGetProperty("expires_in", out JsonElement seconds) && seconds.TryGetInt32(out int value) && value > 0
                    ? TimeSpan.FromSeconds(value)
                    : s_defaultLifetime;
                return new Token(new AuthenticationHeaderValue("Bearer", text), DateTimeOffset.UtcNow + lifetime - s_earlier);
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or HttpRequestException or FormatException)
        {
            // What came is no token; the error below says so, without what came.
        }

        throw new RegistryException(ErrorIds.RegistryError, $"The token service '{address.Host}' of '{registry}' gave an answer without a token.");
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
