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
    public const string CredentialHint = "Give the right credential with Connect-OciRegistry, or check the one in Docker's config.json ('docker login', 'skopeo login').";

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
        string details = ForPeople(await ReadDetailsAsync(response, cancellationToken).ConfigureAwait(false), response.RequestMessage?.Headers.Authorization);
        (string id, string hint) = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => (ErrorIds.Unauthorized, CredentialHint),
            HttpStatusCode.Forbidden => (ErrorIds.AccessDenied, "The credential is known, but not allowed to do this."),
            HttpStatusCode.TooManyRequests => (ErrorIds.TooManyRequests, "Wait, then try again."),
            HttpStatusCode.RequestEntityTooLarge => (ErrorIds.RegistryError, "It takes no body that large; where a proxy stands before it, raise the proxy's limit (nginx: 'client_max_body_size 0')."),
            _ => (ErrorIds.RegistryError, string.Empty),
        };
        string message = $"'{host}' refused to {action} (status {(int)response.StatusCode}){(details.Length > 0 ? ": " + details : ".")} {hint}".TrimEnd();
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
    public static async Task<bool> HasCodeAsync(HttpResponseMessage response, string code, CancellationToken cancellationToken) =>
        $" {await ReadDetailsAsync(response, cancellationToken).ConfigureAwait(false)}".Contains($" {code} ", StringComparison.Ordinal);

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

    /// <summary>A registry's words as they may be shown: without what steers a terminal, and not at all where they repeat what proves who we are.</summary>
    private static string ForPeople(string words, AuthenticationHeaderValue? sent) => SecretsOf(sent).Any(secret => words.Contains(secret, StringComparison.Ordinal))
        ? string.Empty
        : string.Concat(words.Take(MostWords).Select(letter => char.IsControl(letter) || char.GetUnicodeCategory(letter) == UnicodeCategory.Format ? ' ' : letter));

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

    private static async Task<string> ReadDetailsAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return Describe(await response.BufferStartAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (Exception error) when (error is RegistryException or JsonException or InvalidOperationException)
        {
            return string.Empty;
        }
    }

    private static string Describe(ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(body);
        if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("errors", out JsonElement errors) || errors.ValueKind != JsonValueKind.Array)
        {
            return string.Empty;
        }

        var text = new StringBuilder();
        foreach (JsonElement error in errors.EnumerateArray().Where(error => error.ValueKind == JsonValueKind.Object).Take(3))
        {
            string part = string.Join(' ', new[] { Text(error, "code"), Text(error, "message") }.Where(value => value is not null));
            text.Append(text.Length > 0 && part.Length > 0 ? "; " : "").Append(part);
        }

        return text.Length == 0 ? string.Empty : text.Append('.').ToString();
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
