// SPDX-License-Identifier: MIT

using System.Text;
using System.Text.Json.Nodes;

namespace OciPS.Core.Tests.Fuzz;

/// <summary>Changes documents so that they mostly stay documents: values become others, fields come, go and are there twice.</summary>
internal static class JsonMutator
{
    private static readonly string[] s_values =
    [
        "0", "1", "2", "-1", "1.5", "1e400", "-1e-400", "9223372036854775807", "9223372036854775808", "null", "true", "false", "{}", "[]",
        "[null]", "[[]]", "[{}]", "\"\"", "\"x\"",
        "\"\\ud800\"", "\"\\u0000\\u001b\"", "\"sha256:0\"", "\"sha512:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"",
        "\"application/vnd.oci.image.index.v1+json\"", "\"application/vnd.docker.distribution.manifest.v2+json\"", "{\"size\":-1}",
        "{\"a\":1,\"a\":2}",
        "[1,2,3,4,5,6,7,8,9]", "\"eyJmb3JtYXRMZW5ndGgiOjk5OTk5fQ\"",
    ];

    public static byte[] Mutate(Random random, byte[] bytes, byte[] other)
    {
        if (random.Next(4) == 0)
        {
            return Mutator.Mutate(random, bytes, other);
        }

        JsonNode document = JsonNode.Parse(bytes)!;
        var marks = new Dictionary<string, string>();
        for (int left = random.Next(1, 4); left > 0; left--)
        {
            JsonNode place = Pick(random, document);
            string mark = $"mark {marks.Count}";
            marks[mark] = random.Next(20) == 0
                ? Deep(random)
                : random.Next(3) == 0
                ? Pick(random, document).ToJsonString()
                : s_values[random.Next(s_values.Length)];
            Change(random, place, mark);
        }

        // Some of the values could not be put in as they are.
        string text = marks.Aggregate(
            document.ToJsonString(), static (text, mark) => text.Replace($"\"{mark.Key}\"", mark.Value, StringComparison.Ordinal));
        return Encoding.UTF8.GetBytes(text);
    }

    /// <summary>An object or an array, anywhere in a document.</summary>
    private static JsonNode Pick(Random random, JsonNode document)
    {
        JsonNode[] all = Containers(document).ToArray();
        return all[random.Next(all.Length)];
    }

    private static IEnumerable<JsonNode> Containers(JsonNode node)
    {
        IEnumerable<JsonNode?> below = node is JsonObject json ? json.Select(field => field.Value) : node is JsonArray array ? array : [];
        return node is JsonValue ? [] : below.OfType<JsonNode>().SelectMany(Containers).Prepend(node);
    }

    private static void Change(Random random, JsonNode place, string mark)
    {
        if (place is JsonObject { Count: > 0 } json)
        {
            string name = json.ElementAt(random.Next(json.Count)).Key;
            switch (random.Next(4))
            {
                case 0:
                    json.Remove(name);
                    break;
                case 1:
                    json[$"{name}\u0000"[..(name.Length + random.Next(2))]] = mark;
                    break;
                default:
                    json[name] = mark;
                    break;
            }
        }
        else if (place is JsonArray { Count: > 0 } array && random.Next(3) > 0)
        {
            int index = random.Next(array.Count);
            if (random.Next(3) == 0)
            {
                array.RemoveAt(index);
            }
            else
            {
                array[index] = mark;
            }
        }
        else if (place is JsonArray list)
        {
            list.Add(mark);
        }
    }

    private static string Deep(Random random)
    {
        int depth = random.Next(1, 2000);
        return random.Next(2) == 0
            ? new string('[', depth) + new string(']', depth)
            : string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);
    }
}
