// SPDX-License-Identifier: MIT

using System.Text.Json;
using OciPS.Manifests;
using OciPS.Manifests.Json;

namespace OciPS.Comparison;

/// <summary>Compares two configs value by value, without the history and the diffIDs: layers are compared on their own.</summary>
internal static class ConfigComparer
{
    public static IEnumerable<ImageDifference.Config> Compare(ImageConfig before, ImageConfig after)
    {
        SortedDictionary<string, string> old = Flatten(before);
        SortedDictionary<string, string> changed = Flatten(after);
        return old.Keys.Union(changed.Keys).Order(StringComparer.Ordinal)
            .Select(name => new ImageDifference.Config(name, old.GetValueOrDefault(name), changed.GetValueOrDefault(name)))
            .Where(difference => difference.Before != difference.After);
    }

    private static SortedDictionary<string, string> Flatten(ImageConfig config)
    {
        using JsonDocument json = JsonDocument.Parse(ManifestJson.SkipMark(config.Bytes));
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty property in json.RootElement.EnumerateObject()
            .Where(property => property.Name is not ("history" or "rootfs")))
        {
            Add(values, property.Name, property.Value);
        }

        return values;
    }

    private static void Add(SortedDictionary<string, string> values, string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object && value.EnumerateObject().Any())
        {
            foreach (JsonProperty property in value.EnumerateObject())
            {
                Add(values, $"{name}.{property.Name}", property.Value);
            }
        }
        else if (name == "config.Env" && value.ValueKind == JsonValueKind.Array)
        {
            foreach (string variable in value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String)
                .Select(item => item.GetString()!))
            {
                int equals = variable.IndexOf('=', StringComparison.Ordinal);
                values[$"{name}.{(equals < 0 ? variable : variable[..equals])}"] = equals < 0 ? string.Empty : variable[(equals + 1)..];
            }
        }
        else if (value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
        {
            values[name] = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        }
    }
}
