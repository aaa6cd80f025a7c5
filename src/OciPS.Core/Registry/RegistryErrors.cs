// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OciPS.Registry.Resilience;

namespace OciPS.Registry;

/// <summary>Turns a registry's refusals into errors that say what was wrong and what to do.</summary>
/// <remarks>Distribution specification, "Error Codes".</remarks>
internal static class RegistryErrors
{
    private const int MostWords = 1000;

    public static async Task EnsureSuccessAsync(HttpResponseMessage response, string action, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw await CreateAsync(response, action, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The error that an answer is.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="action">What was asked for.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="isTransient">Whether what was asked for may be asked again.</param>
    /// <param name="uploadIsLost">Whether the upload that it was about is no more.</param>
    public static async Task<RegistryException> CreateAsync(
        HttpResponseMessage response, string action, CancellationToken cancellationToken, bool isTransient = false, bool uploadIsLost = false)
    {
        string host = response.RequestMessage?.RequestUri?.Authority ?? "the registry";
        bool digestIsRefused = response.StatusCode == HttpStatusCode.BadRequest && await HasCodeAsync(response, "DIGEST_INVALID", cancellationToken).ConfigureAwait(false);
        (string details, bool isPage) = await ReadWordsAsync(response, cancellationToken).ConfigureAwait(false);
        (string id, string hint) = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => (ErrorIds.Unauthorized, ExplainSent(response, isPage)),
            HttpStatusCode.Forbidden => (ErrorIds.AccessDenied, ExplainSent(response, isPage)),
            HttpStatusCode.TooManyRequests => (ErrorIds.TooManyRequests, "Wait, then try again."),
            HttpStatusCode.RequestEntityTooLarge => (ErrorIds.RegistryError, "It takes no body that large; where a proxy stands before it, raise the proxy's limit (nginx: 'client_max_body_size 0')."),
            _ => (ErrorIds.RegistryError, string.Empty),
        };
        string message = $"'{host}' refused to {action} (status {(int)response.StatusCode}){(details.Length > 0 ? ": " + Sentence(details) : ".")} {hint}".TrimEnd();
        return new RegistryException(id, message, (int)response.StatusCode)
        {
            IsTransient = isTransient,
            UploadIsLost = uploadIsLost,
            DigestIsRefused = digestIsRefused,
            RetryAfter = TransientFaults.RetryAfter(response),
        };
    }

    /// <summary>The error that an upload has no place to go on.</summary>
    public static RegistryException NoLocation(HttpResponseMessage response, string registry, string what) => new(
        ErrorIds.RegistryError,
        $"'{registry}' did not say where to send {what}: its answer (status {(int)response.StatusCode}) has no Location.",
        (int)response.StatusCode);

    /// <summary>Whether a refusal has one of the specification's error codes.</summary>
    public static async Task<bool> HasCodeAsync(HttpResponseMessage response, string code, CancellationToken cancellationToken)
    {
        try
        {
            using var json = JsonDocument.Parse(await response.BufferStartAsync(cancellationToken).ConfigureAwait(false));
            return $" {RefusalWords.OfErrors(json.RootElement)}".Contains($" {code} ", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is RegistryException or JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>What an answer says in words, as they may be shown; and whether it was a page for browsers.</summary>
    public static async Task<(string Words, bool IsPage)> ReadWordsAsync(HttpResponseMessage response, CancellationToken cancellationToken, string? secret = null)
    {
        try
        {
            byte[] body = await response.BufferStartAsync(cancellationToken).ConfigureAwait(false);
            (string words, bool isPage) = RefusalWords.In(body, response.Content.Headers.ContentType?.MediaType);
            return (ForPeople(words, SecretsOf(response.RequestMessage?.Headers.Authorization).Append(secret)), isPage);
        }
        catch (RegistryException)
        {
            return (string.Empty, false);
        }
    }

    /// <summary>Words with a full stop.</summary>
    public static string Sentence(string words) => words[^1] is '.' or '!' or '?' or '…' ? words : words + ".";

    /// <summary>Whether a refusal's words came through, if it has any.</summary>
    public static async Task<bool> IsReadableAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await response.BufferStartAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RegistryException)
        {
            return false;
        }
    }

    private static string ExplainSent(HttpResponseMessage response, bool isPage) =>
        SentCredential.Of(response.RequestMessage)?.Explain(response.StatusCode, isPage) ?? string.Empty;

    /// <summary>A registry's words as they may be shown: without what steers a terminal, and not at all where they repeat what proves who we are.</summary>
    private static string ForPeople(string words, IEnumerable<string?> secrets) => secrets.Any(secret => !string.IsNullOrEmpty(secret) && words.Contains(secret, StringComparison.Ordinal))
        ? string.Empty
        : string.Concat(words.Take(MostWords).Select(letter => char.IsControl(letter) || char.GetUnicodeCategory(letter) == UnicodeCategory.Format ? ' ' : letter)).Trim();

    private static IEnumerable<string> SecretsOf(AuthenticationHeaderValue? sent)
    {
        if (sent?.Parameter is not { Length: > 0 } proof)
        {
            yield break;
        }

        yield return proof;
        if (sent.Scheme == "Basic")
        {
            string pair = Encoding.UTF8.GetString(Convert.FromBase64String(proof));
            string password = pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..];
            yield return password.Length > 0 ? password : pair;
        }
    }
}
