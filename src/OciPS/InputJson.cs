// SPDX-License-Identifier: MIT

using System.Collections;
using System.Management.Automation;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OciPS;

/// <summary>Converts hashtables and objects to JSON.</summary>
internal static class InputJson
{
    private const int MaximumDepth = 32;

    /// <exception cref="InvalidInputException">A value has no JSON form, or is nested too deep.</exception>
    public static byte[] ToBytes(PSObject input) => JsonSerializer.SerializeToUtf8Bytes(ToNode(input, 0));

    private static JsonNode? ToNode(object? value, int depth)
    {
        if (depth > MaximumDepth)
        {
            throw new InvalidInputException(ErrorIds.InvalidInputs, $"The inputs are nested deeper than {MaximumDepth}.");
        }

        object? inner = value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : value;
        switch (inner)
        {
            case null:
                return null;
            case string or bool or int or long or double:
                return JsonValue.Create(JsonSerializer.SerializeToElement(inner));
            case IDictionary table:
                return ToObject(
                    table.Cast<DictionaryEntry>().Select(entry => (LanguagePrimitives.ConvertTo<string>(entry.Key), entry.Value)), depth);
            case PSObject custom:
                return ToObject(custom.Properties.Select(property => (property.Name, (object?)property.Value)), depth);
            case IEnumerable items:
                return new JsonArray(items.Cast<object?>().Select(item => ToNode(item, depth + 1)).ToArray());
            default:
                throw new InvalidInputException(
                    ErrorIds.InvalidInputs,
                    $"The inputs have a '{inner.GetType().Name}' in them; JSON text, hashtables and objects are taken.");
        }
    }

    private static JsonObject ToObject(IEnumerable<(string Name, object? Value)> properties, int depth)
    {
        var json = new JsonObject();
        foreach ((string name, object? value) in properties)
        {
            json[name] = ToNode(value, depth + 1);
        }

        return json;
    }
}
