// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Text;
using System.Text.Json;
using OciPS.Manifests;
using OciPS.Manifests.Json;
using OciPS.References;

namespace OciPS.Storage.DockerArchives;

/// <summary>A layer in the oldest tarball format: an image of its own, with an id and a parent.</summary>
/// <remarks>Docker image specification 1.0; ids are computed as in skopeo, from a digest of the layer's description.</remarks>
internal sealed record LegacyLayer(string Id, Digest DiffId, ReadOnlyMemory<byte> Json)
{
    private static readonly string[] s_attributes =
    [
        "architecture", "config", "container", "container_config", "created", "docker_version", "os",
    ];

    /// <summary>Describes the layers, base first; the last one includes the config.</summary>
    public static IReadOnlyList<LegacyLayer> Describe(ImageConfig config, IEnumerable<Digest> diffIds)
    {
        Digest[] all = diffIds.ToArray();
        var layers = new List<LegacyLayer>(all.Length);
        Digest chain = default;
        for (int index = 0; index < all.Length; index++)
        {
            chain = index == 0 ? all[index] : Digest.FromBytes(Encoding.ASCII.GetBytes($"{chain} {all[index]}"));
            var fields = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["layer_id"] = Quote(chain.ToString()) };
            if (layers.Count > 0)
            {
                fields["parent"] = Quote(layers[^1].Id);
            }

            if (index == all.Length - 1)
            {
                AddConfig(config, fields);
            }

            string id = Digest.FromBytes(Encoding.UTF8.GetBytes(ToJson(fields))).Hex;
            fields.Remove("layer_id");
            fields["id"] = Quote(id);
            layers.Add(new LegacyLayer(id, all[index], Encoding.UTF8.GetBytes(ToJson(fields))));
        }

        return layers;
    }

    private static void AddConfig(ImageConfig config, SortedDictionary<string, string> fields)
    {
        using var json = JsonDocument.Parse(ManifestJson.SkipMark(config.Bytes));
        foreach (string attribute in s_attributes)
        {
            fields[attribute] = json.RootElement.TryGetProperty(attribute, out JsonElement value) ? Compact(value.GetRawText()) : "null";
        }
    }

    private static string Quote(string text) => $"\"{text}\"";

    private static string ToJson(SortedDictionary<string, string> fields) =>
        "{" + string.Join(",", fields.Select(field => $"{Quote(field.Key)}:{field.Value}")) + "}";

    /// <summary>JSON as Go's encoder formats it: no white space between tokens, and HTML characters escaped in strings.</summary>
    private static string Compact(string json)
    {
        var compact = new StringBuilder(json.Length);
        bool inString = false;
        for (int i = 0; i < json.Length; i++)
        {
            char next = json[i];
            if (next == '\\')
            {
                compact.Append(next).Append(json[++i]);
                continue;
            }

            inString ^= next == '"';
            if (next is '<' or '>' or '&' or '\u2028' or '\u2029')
            {
                compact.Append("\\u").Append(((int)next).ToString("x4", CultureInfo.InvariantCulture));
            }
            else if (inString || next is not (' ' or '\t' or '\r' or '\n'))
            {
                compact.Append(next);
            }
        }

        return compact.ToString();
    }
}
