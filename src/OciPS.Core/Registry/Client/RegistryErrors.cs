// SPDX-License-Identifier: MIT

using System.Net;
using System.Text.Json;
using OciPS.Registry.Handlers;
using OciPS.Registry.Http;
using OciPS.Registry.Resilience;

namespace OciPS.Registry.Client;

/// <summary>Turns error responses of a registry into exceptions that say what is wrong and what to do.</summary>
/// <remarks>Distribution specification, "Error Codes".</remarks>
internal static class RegistryErrors
{
    private const string TooLarge = "It accepts no body of that size. If there is a proxy before it, raise the proxy's limit "
        + "(nginx: 'client_max_body_size 0').";

    public static async Task EnsureSuccessAsync(HttpResponseMessage response, string action, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw await CreateAsync(response, action, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Creates the exception for an error response.</summary>
    /// <param name="response">The response.</param>
    /// <param name="action">The requested action.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <param name="isTransient">Whether a retry may succeed.</param>
    /// <param name="uploadIsLost">Whether the upload no longer exists.</param>
    public static async Task<RegistryException> CreateAsync(
        HttpResponseMessage response,
        string action,
        CancellationToken cancellationToken,
        bool isTransient = false,
        bool uploadIsLost = false)
    {
        string host = response.RequestMessage?.RequestUri?.Authority ?? "the registry";
        bool digestIsRefused = response.StatusCode == HttpStatusCode.BadRequest
            && await HasCodeAsync(response, "DIGEST_INVALID", cancellationToken).ConfigureAwait(false);
        (string details, bool isPage) = await RefusalText.ReadAsync(response, cancellationToken).ConfigureAwait(false);
        (string id, (string hint, Remedy remedy)) = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => (ErrorIds.Unauthorized, ExplainSent(response, isPage)),
            HttpStatusCode.Forbidden => (ErrorIds.AccessDenied, ExplainSent(response, isPage)),
            HttpStatusCode.TooManyRequests => (ErrorIds.TooManyRequests, ("Wait, then try again.", Remedy.None)),
            HttpStatusCode.RequestEntityTooLarge => (ErrorIds.RegistryError, (TooLarge, Remedy.None)),
            _ => (ErrorIds.RegistryError, (string.Empty, Remedy.None)),
        };
        string reason = details.Length > 0 ? ": " + RefusalText.Sentence(details) : ".";
        string message = $"'{host}' refused to {action} (status {(int)response.StatusCode}){reason} {hint}".TrimEnd();
        return new RegistryException(id, message, (int)response.StatusCode)
        {
            Remedy = remedy,
            IsTransient = isTransient,
            UploadIsLost = uploadIsLost,
            DigestIsRefused = digestIsRefused,
            RetryAfter = TransientFaults.RetryAfter(response, RequestTiming.For(response).Clock),
        };
    }

    /// <summary>The error for an upload without a <c>Location</c> to continue at.</summary>
    public static RegistryException NoLocation(HttpResponseMessage response, string registry, string what) => new(
        ErrorIds.RegistryError,
        $"'{registry}' did not say where to send {what}: its response (status {(int)response.StatusCode}) has no Location.",
        (int)response.StatusCode);

    /// <summary>Whether an error response has one of the specification's error codes.</summary>
    public static async Task<bool> HasCodeAsync(HttpResponseMessage response, string code, CancellationToken cancellationToken)
    {
        try
        {
            using var json = JsonDocument.Parse(await response.BufferStartAsync(cancellationToken).ConfigureAwait(false));
            return $" {RefusalWords.FromErrors(json.RootElement)}".Contains($" {code} ", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is RegistryException or JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Whether the body of an error response can be read.</summary>
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

    private static (string Text, Remedy Remedy) ExplainSent(HttpResponseMessage response, bool isPage) =>
        SentCredential.For(response.RequestMessage)?.Explain(response.StatusCode, isPage) ?? (string.Empty, Remedy.None);
}
