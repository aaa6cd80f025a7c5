// SPDX-License-Identifier: MIT

using System.Text.Json;

namespace OciPS.Manifests.Json;

/// <summary>The position of a value in a document's bytes.</summary>
internal readonly record struct JsonSpan(int Start, int End)
{
    public bool Exists => End > Start;

    /// <summary>Finds the value of a top-level property; the last one of that name, as parsers do.</summary>
    public static JsonSpan FromProperty(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        int mark = ManifestJson.MarkLength(json);
        var reader = new Utf8JsonReader(json[mark..]);
        JsonSpan found = default;
        while (reader.Read())
        {
            if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(name))
            {
                reader.Read();
                int start = mark + (int)reader.TokenStartIndex;
                reader.Skip();
                found = new JsonSpan(start, mark + (int)reader.BytesConsumed);
            }
        }

        return found;
    }
}
