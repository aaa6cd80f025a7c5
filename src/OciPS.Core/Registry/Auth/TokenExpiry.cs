// SPDX-License-Identifier: MIT

using System.Text.Json;

namespace OciPS.Registry.Auth;

/// <summary>Reads the expiry of a JSON web token.</summary>
/// <remarks>RFC 7519, section 4.1.4.</remarks>
internal static class TokenExpiry
{
    /// <summary>The expiry of a token; null if it is not a JSON web token, or never expires.</summary>
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
