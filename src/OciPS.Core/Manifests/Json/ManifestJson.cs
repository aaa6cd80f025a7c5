// SPDX-License-Identifier: MIT

using System.Collections.ObjectModel;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OciPS.Manifests.Json;

/// <summary>Reads fields of manifests and configs; errors name the field.</summary>
internal static class ManifestJson
{
    public static readonly ReadOnlyDictionary<string, string> NoAnnotations = ReadOnlyDictionary<string, string>.Empty;

    private static readonly JsonSerializerOptions s_writeOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Parses a document and reads values from it.</summary>
    public static T Read<T>(ReadOnlyMemory<byte> bytes, string errorId, string what, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(SkipMark(bytes));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? read(document.RootElement)
                : throw new InvalidContentException(errorId, $"{what} is not a JSON object.");
        }
        catch (JsonException error)
        {
            throw new InvalidContentException(errorId, $"{what} is not JSON: {error.Message}", error);
        }
        catch (InvalidOperationException error)
        {
            // The parser accepts invalid Unicode; the error comes only when the text is read.
            throw new InvalidContentException(errorId, $"{what} has text that is not Unicode: {error.Message}", error);
        }
    }

    /// <summary>Changes a document. Duplicate keys are detected only in the objects that are accessed.</summary>
    public static byte[] Edit(ReadOnlyMemory<byte> bytes, string errorId, string what, Action<JsonObject> edit)
    {
        try
        {
            JsonObject json = JsonNode.Parse(SkipMark(bytes).Span) as JsonObject
                ?? throw new InvalidContentException(errorId, $"{what} is not a JSON object.");
            edit(json);
            return ToBytes(json);
        }
        catch (ArgumentException error) when (JsonDuplicates.Find(bytes.Span) is { } key)
        {
            throw new InvalidContentException(
                errorId,
                $"{what} cannot be changed, since its JSON is wrong or ambiguous: an object in it has the key '{key}' twice.",
                error);
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidContentException(
                errorId, $"{what} cannot be changed, since its JSON is wrong or ambiguous: {error.Message}", error);
        }
    }

    /// <summary>The document without its byte order mark, which RFC 8259, section 8.1, allows parsers to ignore.</summary>
    public static ReadOnlyMemory<byte> SkipMark(ReadOnlyMemory<byte> json) => json[MarkLength(json.Span)..];

    /// <summary>The length of the byte order mark in bytes; 0 if there is none.</summary>
    public static int MarkLength(ReadOnlySpan<byte> json) => json.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;

    public static byte[] ToBytes(JsonNode json) => JsonSerializer.SerializeToUtf8Bytes(json, s_writeOptions);

    /// <summary>The name of a document inside a sentence.</summary>
    public static string Inside(string what) =>
        what.StartsWith("The ", StringComparison.Ordinal) || what.StartsWith("A ", StringComparison.Ordinal)
        || what.StartsWith("Layer ", StringComparison.Ordinal) || what.StartsWith("Entry ", StringComparison.Ordinal)
        ? char.ToLowerInvariant(what[0]) + what[1..]
        : what;

    public static void ExpectObject(JsonElement json, string what)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw Invalid(what, "is not an object");
        }
    }

    public static string RequiredString(this JsonElement json, string name, string what) =>
        json.OptionalString(name, what) ?? throw Invalid(what, $"has no '{name}'");

    public static string? OptionalString(this JsonElement json, string name, string what) =>
        !json.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null
            ? null
            : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Invalid(what, $"has a '{name}' that is not a string");

    public static long RequiredSize(this JsonElement json, string name, string what) =>
        json.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt64(out long size)
            && size >= 0
            ? size
            : throw Invalid(what, $"has no '{name}' that is a number from 0");

    public static IReadOnlyList<string> StringList(this JsonElement json, string name, string what) =>
        json.Items(name, what).Select(item => item.ValueKind == JsonValueKind.String
            ? item.GetString()!
            : throw Invalid(what, $"has a '{name}' with something other than strings")).ToArray();

    public static IReadOnlyDictionary<string, string> StringMap(this JsonElement json, string name, string what)
    {
        if (!json.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return NoAnnotations;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            throw Invalid(what, $"has '{name}' that are not an object");
        }

        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty property in value.EnumerateObject())
        {
            map[property.Name] = property.Value.ValueKind switch
            {
                JsonValueKind.String => property.Value.GetString()!,
                JsonValueKind.Null => string.Empty,
                _ => throw Invalid(what, $"has '{name}' whose '{property.Name}' is not a string"),
            };
        }

        return new ReadOnlyDictionary<string, string>(map);
    }

    /// <summary>The items of an array; none if the field is missing or null.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement json, string name, string what) =>
        !json.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null
            ? []
            : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw Invalid(what, $"has '{name}' that are not an array");

    private static InvalidContentException Invalid(string what, string why) => new(ErrorIds.InvalidManifest, $"{what} {why}.");
}
