// SPDX-License-Identifier: MIT

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Core.Tests.Properties;

/// <summary>
/// Documents with fields that nobody knows: an edit changes what it is for, and nothing else, down to the spelling of numbers.
/// </summary>
public sealed class JsonPropertyTests
{
    private const string What = "The document";

    private static readonly Digest s_new = Digest.FromBytes("new"u8);

    // Raw, as there are numbers that no type holds.
    private static readonly Gen<string> s_value = Gen.Recursive<string>((depth, value) => depth > 3 ? Leaf() : Gen.OneOf(
        Leaf(),
        value.Array[0, 3].Select(items => $"[{string.Join(',', items)}]"),
        Gen.Select(Name(), value).Array[0, 3].Select(fields => Object(fields))));

    private static readonly Gen<(string Name, string Value)[]> s_unknown = Gen.Select(Name(), s_value).Array[0, 4];

    private static readonly Gen<string> s_descriptor = Gen.Select(
        Names.Digest, Gen.Long[0, long.MaxValue], s_unknown, (digest, size, unknown) => Object(
        [("mediaType", "\"application/vnd.oci.image.layer.v1.tar+gzip\""), ("digest", $"\"{digest}\""), ("size", $"{size}"), .. unknown]));

    [Fact]
    public void ReplaceInAManifest_UnknownFields_Stay() =>
        Gen.Select(s_descriptor, s_descriptor.Array[1, 4], s_unknown, Gen.Int[0, 3]).Sample((config, layers, unknown, which) =>
    {
        string json = Object([("schemaVersion", "2"), ("config", config), ("layers", $"[{string.Join(',', layers)}]"), .. unknown]);
        int index = which % layers.Length;
        ImageManifest manifest = ImageManifest.Parse(Content(json, MediaTypes.OciManifest), What);

        ManifestContent changed = ManifestEditor.Replace(
            manifest,
            manifest.Config with { Digest = s_new, Size = 1 },
            new Dictionary<int, Descriptor> { [index] = manifest.Layers[index] with { Digest = s_new, Size = 2 } },
            What);

        JsonNode expected = JsonNode.Parse(json)!;
        Point(expected["config"]!, 1);
        Point(expected["layers"]![index]!, 2);
        ExpectSame(expected, changed.Bytes);
    });

    [Fact]
    public void ReplaceInAnIndex_UnknownFields_Stay() =>
        Gen.Select(s_descriptor.Array[1, 5], s_unknown, Gen.Int[0, 2].Array[5]).Sample((entries, unknown, whats) =>
    {
        string json = Object([("schemaVersion", "2"), ("manifests", $"[{string.Join(',', entries)}]"), .. unknown]);
        ImageIndex index = ImageIndex.Parse(Content(json, MediaTypes.OciIndex), What);

        ManifestContent changed = IndexEditor.Replace(
            index,
            index.Manifests.Select((entry, i) => new IndexEditor.Change(
                whats[i] == 0 ? null : whats[i] == 1 ? entry : entry with { Digest = s_new, Size = i })).ToArray(),
            MediaTypes.OciIndex,
            What);

        JsonNode expected = JsonNode.Parse(json)!;
        for (int i = entries.Length - 1; i >= 0; i--)
        {
            if (whats[i] == 0)
            {
                expected["manifests"]!.AsArray().RemoveAt(i);
            }
            else if (whats[i] == 2)
            {
                Point(expected["manifests"]![i]!, i);
            }
        }

        ExpectSame(expected, changed.Bytes);
    });

    [Fact]
    public void SetDiffIds_UnknownFields_Stay() =>
        Gen.Select(s_unknown, s_unknown, Names.Digest.Array[0, 4]).Sample((unknown, inRootFs, diffIds) =>
    {
        string json = Object(
            [("os", "\"linux\""), ("rootfs", Object([("type", "\"layers\""), ("diff_ids", "[]"), .. inRootFs])), .. unknown]);

        byte[] changed = ConfigEditor.SetDiffIds(Encoding.UTF8.GetBytes(json), diffIds.Select(Digest.Parse).ToArray(), What).ToArray();

        JsonNode expected = JsonNode.Parse(json)!;
        expected["rootfs"]!["diff_ids"] = new JsonArray(diffIds.Select(diffId => (JsonNode)diffId).ToArray());
        ExpectSame(expected, changed);
    });

    [Fact]
    public void PadHistory_AllElse_StaysToTheByte() =>
        Gen.Select(s_unknown, Gen.Select(s_unknown, Gen.Bool).Array[0, 5], Gen.Int[0, 8], Gen.Bool)
            .Sample((unknown, history, layers, spaced) =>
    {
        string[] entries = history.Select(entry => Object(entry.Item2 ? [("empty_layer", "true"), .. entry.Item1] : entry.Item1)).ToArray();
        string before = Object([("os", "\"linux\""), (
            "history", spaced ? $"[ {string.Join(" , ", entries)} ]" : $"[{string.Join(',', entries)}]"), .. unknown]);
        int missing = Math.Max(0, layers - history.Count(entry => !entry.Item2));

        string after = Encoding.UTF8.GetString(ConfigEditor.PadHistory(Encoding.UTF8.GetBytes(before), layers, What).Span);

        Assert.Equal(missing == 0, before == after);
        JsonNode padded = JsonNode.Parse(after)!;
        JsonArray list = padded["history"]!.AsArray();
        Assert.Equal(history.Length + missing, list.Count);
        while (list.Count > history.Length)
        {
            Assert.NotEqual("true", list[^1]!["empty_layer"]?.ToJsonString());
            list.RemoveAt(list.Count - 1);
        }

        Assert.Equal(JsonNode.Parse(before)!.ToJsonString(), padded.ToJsonString());
    });

    private static Gen<string> Leaf() => Gen.OneOf(
        Gen.OneOf("null", "true", "false", "1.50", "1e400", "-0", "123456789012345678901234567890", "\"\\u0041\\/\\ud83d\\ude00\"", "\"\""),
        Gen.Int.Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        Gen.String[Gen.Char["aé☃<>&'\"\\\u0001"], 0, 8].Select(text => JsonSerializer.Serialize(text)));

    private static Gen<string> Name() => Gen.String[Gen.Char["abcXYZ.-/☃"], 1, 8].Select(name => "x-" + name);

    // No field twice: what that means nobody knows.
    private static string Object(IEnumerable<(string Name, string Value)> fields) =>
        "{" + string.Join(
            ',', fields.DistinctBy(field => field.Name).Select(field => $"{JsonSerializer.Serialize(field.Name)}:{field.Value}")) + "}";

    private static ManifestContent Content(string json, string mediaType)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        return new ManifestContent(mediaType, bytes, Digest.FromBytes(bytes));
    }

    private static void Point(JsonNode descriptor, long size)
    {
        descriptor["digest"] = s_new.ToString();
        descriptor["size"] = size;
    }

    private static void ExpectSame(JsonNode expected, ReadOnlyMemory<byte> actual) =>
        Assert.Equal(expected.ToJsonString(), JsonNode.Parse(actual.Span)!.ToJsonString());
}
