// SPDX-License-Identifier: MIT

using System.Net;
using System.Text;
using System.Text.Json;
using OciPS.Streams;

namespace OciPS.Registry;

/// <summary>Turns a registry's refusals into errors that say what was wrong and what to do.</summary>
/// <remarks>Distribution specification, "Error Codes".</remarks>
internal static class RegistryErrors
{
    public const string CredentialHint = "Check that Docker's config.json has the right credential for this registry ('docker login', 'skopeo login').";

    private const int MaximumBody = 16 * 1024;

    public static async Task EnsureSuccessAsync(HttpResponseMessage response, string action, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw await CreateAsync(response, action, cancellationToken).ConfigureAwait(false);
        }
    }

    public static async Task<RegistryException> CreateAsync(HttpResponseMessage response, string action, CancellationToken cancellationToken)
    {
        string host = response.RequestMessage?.RequestUri?.Authority ?? "the registry";
        string details = await ReadDetailsAsync(response, cancellationToken).ConfigureAwait(false);
        (string id, string hint) = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => (ErrorIds.Unauthorized, CredentialHint),
            HttpStatusCode.Forbidden => (ErrorIds.AccessDenied, "The credential is known, but not allowed to do this."),
            HttpStatusCode.TooManyRequests => (ErrorIds.TooManyRequests, "Wait, then try again."),
            _ => (ErrorIds.RegistryError, string.Empty),
        };
        string message = $"'{host}' refused to {action} (status {(int)response.StatusCode}){(details.Length > 0 ? ": " + details : ".")} {hint}".TrimEnd();
        return new RegistryException(id, message, (int)response.StatusCode);
    }

    private static async Task<string> ReadDetailsAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            using var buffer = new PooledBuffer(MaximumBody);
            int count = await body.ReadAtLeastAsync(buffer.Memory[..MaximumBody], MaximumBody, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return Describe(buffer.Memory[..count]);
        }
        catch (Exception error) when (error is IOException or HttpRequestException or JsonException)
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
