// SPDX-License-Identifier: MIT

using System.Text.Json;

namespace OciPS.Manifests.Json;

/// <summary>Finds duplicate keys in JSON objects: parsers disagree on which one counts.</summary>
internal static class JsonDuplicates
{
    /// <summary>The first duplicate key; null if there is none, or the document is not JSON.</summary>
    public static string? Find(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            var keys = new Stack<HashSet<string>>();
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject:
                        keys.Push(new HashSet<string>(StringComparer.Ordinal));
                        break;
                    case JsonTokenType.EndObject:
                        keys.Pop();
                        break;
                    case JsonTokenType.PropertyName when reader.GetString() is { } key && !keys.Peek().Add(key):
                        return key;
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }

        return null;
    }
}
