// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using OciPS.Registry.Connections;

namespace OciPS.Registry.Auth;

/// <summary>Answers a registry's challenges with Basic credentials or a token, and caches tokens by scope.</summary>
/// <remarks>RFC 7235; distribution, "Token Authentication Specification".</remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Lives as long as the process.")]
internal sealed class RegistryAuthenticator(RegistryConnection connection, HttpMessageInvoker transport, TimeProvider clock)
{
    private readonly TokenService _service = new(connection.Registry, transport, clock);
    private readonly ConcurrentDictionary<string, TokenService.Token> _tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, AuthenticationHeaderValue> _direct = new(StringComparer.Ordinal);
    private readonly ConditionalWeakTable<AuthenticationHeaderValue, RegistryCredential> _owners = [];
    private readonly SemaphoreSlim _asking = new(1, 1);

    /// <summary>The cached header for scopes; null if none was needed or is known yet.</summary>
    public AuthenticationHeaderValue? FindCached(IReadOnlyList<string> scopes) =>
        _direct.GetValueOrDefault(RegistryScope.GetRepository(scopes))
        ?? (_tokens.TryGetValue(
            Key(scopes), out TokenService.Token? token) && token.ExpiresOn > clock.GetUtcNow() ? token.Header : null);

    /// <summary>The credential that an <c>Authorization</c> header was made from; null for none.</summary>
    public RegistryCredential? FindOwner(AuthenticationHeaderValue? sent) =>
        sent is not null && _owners.TryGetValue(sent, out RegistryCredential? owner) ? owner : null;

    /// <summary>The header to send after a refusal; null if all have been tried.</summary>
    public async Task<AuthenticationHeaderValue?> AnswerAsync(
        HttpResponseMessage refused, IReadOnlyList<string> scopes, AuthenticationHeaderValue? tried, IOperationLog log,
        CancellationToken cancellationToken)
    {
        AuthChallenge? challenge = AuthChallenge.Choose(refused.Headers.WwwAuthenticate);
        await _asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Another request may have obtained it while this one waited.
            return FindCached(scopes) is { } known && !known.Equals(tried)
                ? known
                : await AskAsync(
                    challenge, scopes, refused.RequestMessage!.RequestUri!, tried, log, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>
    /// Sends the session's name and password without a challenge from now on; false if there are none, or a header is already cached.
    /// </summary>
    public bool Offer() =>
        _tokens.IsEmpty
            && _direct.IsEmpty
            && ToBasic(connection.Credential) is { } basic
            && _direct.TryAdd(string.Empty, Note(basic, connection.Credential));

    /// <summary>A name and password as a Basic header (RFC 7617); null if there are none.</summary>
    public static AuthenticationHeaderValue? ToBasic(RegistryCredential? credential) => credential is { Password: { } password }
        ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.UserName}:{password}")))
        : null;

    private AuthenticationHeaderValue Note(AuthenticationHeaderValue sent, RegistryCredential? owner)
    {
        if (owner is not null)
        {
            _owners.AddOrUpdate(sent, owner);
        }

        return sent;
    }

    private static string Key(IReadOnlyList<string> scopes) => string.Join(' ', scopes);

    private async Task<AuthenticationHeaderValue?> AskAsync(
        AuthChallenge? challenge, IReadOnlyList<string> scopes, Uri asker, AuthenticationHeaderValue? tried, IOperationLog log,
        CancellationToken cancellationToken)
    {
        if (challenge is null)
        {
            return null;
        }

        string repository = RegistryScope.GetRepository(scopes);
        RegistryCredential? credential = connection.Credential
            ?? await CredentialFinder.FindAsync(connection.Registry, repository, cancellationToken).ConfigureAwait(false);
        AuthenticationHeaderValue? direct = !challenge.IsBearer ? ToBasic(credential)
            : credential?.RegistryToken is { } registryToken ? new AuthenticationHeaderValue("Bearer", registryToken)
            : null;
        if (direct is not null || !challenge.IsBearer)
        {
            // A refused header is not sent again.
            return direct is null || direct.Equals(tried) ? null : _direct[repository] = Note(direct, credential);
        }

        TokenService.Token token = await _service.AskAsync(
            challenge, scopes, asker, credential, log, cancellationToken).ConfigureAwait(false);
        _tokens[Key(scopes)] = token;
        return Note(token.Header, credential);
    }
}
