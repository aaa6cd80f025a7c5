// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using OciPS.Registry.Connections;

namespace OciPS.Registry.Auth;

/// <summary>Answers a registry's challenges, with Basic credentials or a token, and keeps tokens for their scope.</summary>
/// <remarks>RFC 7235; distribution, "Token Authentication Specification".</remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Lives as long as the process.")]
internal sealed class RegistryAuthenticator(RegistryConnection connection, HttpMessageInvoker transport, TimeProvider clock)
{
    private readonly TokenService _service = new(connection.Registry, transport, clock);
    private readonly ConcurrentDictionary<string, TokenService.Token> _tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, AuthenticationHeaderValue> _direct = new(StringComparer.Ordinal);
    private readonly ConditionalWeakTable<AuthenticationHeaderValue, RegistryCredential> _owners = [];
    private readonly SemaphoreSlim _asking = new(1, 1);

    /// <summary>What was good for these scopes before; null if nothing was needed or known yet.</summary>
    public AuthenticationHeaderValue? FindCached(IReadOnlyList<string> scopes) =>
        _direct.GetValueOrDefault(RegistryScope.GetRepository(scopes))
        ?? (_tokens.TryGetValue(
            Key(scopes), out TokenService.Token? token) && token.ExpiresOn > clock.GetUtcNow() ? token.Header : null);

    /// <summary>The credential that something sent to the registry was made of; null for none.</summary>
    public RegistryCredential? FindOwner(AuthenticationHeaderValue? sent) =>
        sent is not null && _owners.TryGetValue(sent, out RegistryCredential? owner) ? owner : null;

    /// <summary>What to send to a registry that refused; null if there is nothing that was not tried.</summary>
    public async Task<AuthenticationHeaderValue?> AnswerAsync(
        HttpResponseMessage refused, IReadOnlyList<string> scopes, AuthenticationHeaderValue? tried, IOperationLog log,
        CancellationToken cancellationToken)
    {
        AuthChallenge? challenge = AuthChallenge.Choose(refused.Headers.WwwAuthenticate);
        await _asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Someone else may have asked while we waited.
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
    /// Sends the session's name and password without being asked; false if there are none, or if they were asked for already.
    /// </summary>
    public bool Offer() =>
        _tokens.IsEmpty
            && _direct.IsEmpty
            && ToBasic(connection.Credential) is { } basic
            && _direct.TryAdd(string.Empty, Note(basic, connection.Credential));

    /// <summary>A name and password as RFC 7617 sends them; null if there are none.</summary>
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
            // What was refused once is not sent again.
            return direct is null || direct.Equals(tried) ? null : _direct[repository] = Note(direct, credential);
        }

        TokenService.Token token = await _service.AskAsync(
            challenge, scopes, asker, credential, log, cancellationToken).ConfigureAwait(false);
        _tokens[Key(scopes)] = token;
        return Note(token.Header, credential);
    }
}
