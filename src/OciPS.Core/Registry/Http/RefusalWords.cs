// SPDX-License-Identifier: MIT

using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OciPS.Registry.Http;

/// <summary>Extracts the text of an error response: the specification's errors, other JSON, plain text, the title of a page.</summary>
/// <remarks>Distribution specification, "Error Codes"; RFC 6749, section 5.2.</remarks>
internal static partial class RefusalWords
{
    private const int MostPlainText = 200;

    private static readonly string[] s_fields = ["code", "error", "message", "error_description", "detail", "details"];

    /// <summary>The text of a response, not yet escaped, and whether it was an HTML page.</summary>
    public static (string Words, bool IsPage) In(ReadOnlySpan<byte> body, string? mediaType)
    {
        string text = Encoding.UTF8.GetString(body).Trim();
        if (text.Length == 0 || text.Contains('\uFFFD', StringComparison.Ordinal))
        {
            return (string.Empty, false);
        }

        if (text[0] == '{')
        {
            return (FromJson(text), false);
        }

        if (mediaType == "text/html" || PageStart().IsMatch(text))
        {
            string title = PageTitle().Match(text) is { Success: true } found
                ? $" ('{WebUtility.HtmlDecode(found.Groups[1].Value.Trim())}')"
                : string.Empty;
            return ($"it answered with an HTML page{title}, as proxies and web sites do.", true);
        }

        if (text[0] == '<')
        {
            // Storage services respond with XML.
            return (string.Join(' ', XmlField().Matches(text).Select(field => field.Groups["text"].Value).Take(2)), false);
        }

        return (Shorten(text), false);
    }

    /// <summary>The codes and messages of the specification's errors; empty if there are none.</summary>
    public static string FromErrors(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object
            || !json.TryGetProperty("errors", out JsonElement errors)
            || errors.ValueKind != JsonValueKind.Array)
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

    private static string FromJson(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            string errors = FromErrors(json.RootElement);
            return errors.Length > 0 ? errors : string.Join(
                ": ",
                s_fields.Select(name => Text(json.RootElement, name)).OfType<string>().Where(value => value.Length > 0).Select(Shorten));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The body is truncated or not JSON; its beginning is better than nothing.
            return Shorten(text);
        }
    }

    private static string Shorten(string text) => text.Length <= MostPlainText ? text : text[..MostPlainText] + "…";

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    [GeneratedRegex(@"\A(?:<!doctype\s+html|<html|<head|<body)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PageStart();

    [GeneratedRegex("<title[^>]*>([^<]{1,100})", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PageTitle();

    [GeneratedRegex("<(?:Code|Message)>(?<text>[^<]{1,200})</", RegexOptions.CultureInvariant)]
    private static partial Regex XmlField();
}
