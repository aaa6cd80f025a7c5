// SPDX-License-Identifier: MIT

using System.Text.Json;
using System.Text.Json.Nodes;
using OciPS.Manifests.Json;
using OciPS.References;

namespace OciPS.Manifests;

/// <summary>Creates the config of an image with a schema 1 manifest, which has none.</summary>
/// <remarks>As Docker and containers/image do it: from the newest history entry, with the history and the layers' digests.</remarks>
internal static class Schema1Config
{
    private static readonly string[] s_dropped =
        ["id", "parent", "Size", "size", "parent_id", "layer_id", "throwaway", "rootfs", "history"];

    /// <summary>Creates the config.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="diffIds">The digests of the decompressed non-empty layers, oldest first; null for a config without <c>rootfs</c>, for
    /// display only.</param>
    /// <param name="what">The name of the manifest in errors.</param>
    public static ReadOnlyMemory<byte> Create(Schema1Manifest manifest, IReadOnlyList<Digest>? diffIds, string what)
    {
        int layers = manifest.Layers.Count(layer => !layer.IsEmpty);
        if (diffIds is not null && diffIds.Count != layers)
        {
            throw new ArgumentException($"There are {diffIds.Count} digests for {layers} layers.", nameof(diffIds));
        }

        return ManifestJson.Edit(
            manifest.Layers[^1].V1Compatibility, ErrorIds.InvalidManifest,
            $"The newest history entry of {ManifestJson.Inside(what)}", json =>
        {
            foreach (string name in s_dropped)
            {
                json.Remove(name);
            }

            SetIfMissing(json, "architecture", manifest.Platform.Architecture);
            SetIfMissing(json, "os", manifest.Platform.OS);
            if (diffIds is not null)
            {
                json["rootfs"] = new JsonObject
                {
                    ["type"] = "layers",
                    ["diff_ids"] = new JsonArray(diffIds.Select(diffId => (JsonNode)JsonValue.Create(diffId.ToString())).ToArray()),
                };
            }

            json["history"] = new JsonArray(manifest.Layers.Select(layer => (JsonNode)HistoryEntry(layer, what)).ToArray());
        });
    }

    private static JsonObject HistoryEntry(Schema1Layer layer, string what)
    {
        string one = $"The history of the layer {layer.Digest} of {ManifestJson.Inside(what)}";
        return ManifestJson.Read(layer.V1Compatibility, ErrorIds.InvalidManifest, one, v1 =>
        {
            var entry = new JsonObject();
            SetIfMissing(entry, "created", v1.OptionalString("created", one));
            SetIfMissing(entry, "author", v1.OptionalString("author", one));
            SetIfMissing(entry, "created_by", GetCommand(v1, one));
            SetIfMissing(entry, "comment", v1.OptionalString("comment", one));
            if (layer.IsEmpty)
            {
                entry["empty_layer"] = true;
            }

            return entry;
        });
    }

    private static string GetCommand(JsonElement v1, string what) =>
        v1.TryGetProperty("container_config", out JsonElement container) && container.ValueKind == JsonValueKind.Object
            ? string.Join(' ', container.StringList("Cmd", what))
            : string.Empty;

    private static void SetIfMissing(JsonObject json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)
            && (json[name] is not { } there || there.GetValueKind() == JsonValueKind.String && there.GetValue<string>().Length == 0))
        {
            json[name] = value;
        }
    }
}
