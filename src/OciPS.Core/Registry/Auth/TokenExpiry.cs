// SPDX-License-Identifier: MIT

using System.Text.Json;

namespace OciPS.Registry.Auth;

/// <summary>Reads when a token ends, where the token says so itself.</summary>
/// <remarks>RFC 7519, section 4.1.4.</remarks>
internal static class TokenExpiry
{
    /// <summary>When a token ends; null if it is no JSON web token, or one without an end.</summary>
    public static DateTimeOffset? From(string token)
    {
        string[] parts = token.Split('.');
        if (parts.Length != 3)
        {
            return null;
        }

        try
        {
            string text = parts[1].Replace('-', '+').Replace('_', '/');
            byte[] claims = Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));
            using var json = JsonDocument.Parse(claims);
            return json.RootElement.ValueKind == JsonValueKind.Object

                && json.RootElement.TryGetProperty("exp", out JsonElement end)
                && end.ValueKind == JsonValueKind.Number
                && end.TryGetDouble(out double seconds)
                ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
                : null;
        }
        catch (Exception error) when (error is FormatException or JsonException or ArgumentOutOfRangeException or InvalidOperationException)
        {
            return null;
        }
    }
}
