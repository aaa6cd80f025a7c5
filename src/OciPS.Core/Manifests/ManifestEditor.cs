// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.References;

namespace OciPS.Manifests;

/// <summary>Changes manifests without losing fields that this module does not know.</summary>
internal static class ManifestEditor
{
    /// <summary>Annotations that speak of a blob's old bytes.</summary>
    private static readonly string[] s_staleAnnotations =
    [
        "containerd.io/snapshot/stargz/toc.digest",
        "io.containers.estargz.uncompressed-size",
        "containerd.io/uncompressed",
    ];

    private const string StaleAnnotationPrefix = "io.github.containers.zstd-chunked.";

    /// <summary>Points a manifest to a new config and, by their index, to new layers.</summary>
    public static ManifestContent Replace(ImageManifest manifest, Descriptor config, IReadOnlyDictionary<int, Descriptor> layers, string what)
    {
        byte[] bytes = ManifestJson.Edit(manifest.Content.Bytes, ErrorIds.InvalidManifest, what, json =>
        {
            Update((JsonObject)json["config"]!, manifest.Config, config);
            var list = (JsonArray)json["layers"]!;
            foreach ((int index, Descriptor layer) in layers)
            {
                Update((JsonObject)list[index]!, manifest.Layers[index], layer);
            }
        });
        return new ManifestContent(manifest.Content.MediaType, bytes, Digest.OfBytes(bytes));
    }

    /// <summary>Makes the manifest of a new image.</summary>
    public static ManifestContent Create(ManifestFormat format, Descriptor config, IEnumerable<Descriptor> layers)
    {
        string mediaType = MediaTypes.Manifest(format);
        var json = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = mediaType,
            ["config"] = ToJson(config),
            ["layers"] = new JsonArray(layers.Select(layer => (JsonNode)ToJson(layer)).ToArray()),
        };
        byte[] bytes = ManifestJson.ToBytes(json);
        return new ManifestContent(mediaType, bytes, Digest.OfBytes(bytes));
    }

    private static JsonObject ToJson(Descriptor descriptor) => new()
    {
        ["mediaType"] = descriptor.MediaType,
        ["size"] = descriptor.Size,
        ["digest"] = descriptor.Digest.ToString(),
    };

    private static void Update(JsonObject json, Descriptor old, Descriptor changed)
    {
        if (old.Digest == changed.Digest && old.MediaType == changed.MediaType)
        {
            return;
        }

        json["mediaType"] = changed.MediaType;
        json["digest"] = changed.Digest.ToString();
        json["size"] = changed.Size;
        json.Remove("data");
        if (json["annotations"] is JsonObject annotations)
        {
            RemoveStale(annotations);
            if (annotations.Count == 0)
            {
                json.Remove("annotations");
            }
        }
    }

    private static void RemoveStale(JsonObject annotations)
    {
        string[] stale = annotations.Select(annotation => annotation.Key)
            .Where(key => s_staleAnnotations.Contains(key) || key.StartsWith(StaleAnnotationPrefix, StringComparison.Ordinal))
            .ToArray();
        foreach (string key in stale)
        {
            annotations.Remove(key);
        }
    }
}
