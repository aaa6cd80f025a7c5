// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Manifests.Json;
using OciPS.References;

namespace OciPS.Manifests;

/// <summary>Changes manifests and keeps unknown fields.</summary>
internal static class ManifestEditor
{
    /// <summary>Points a manifest to a new config and, by index, to new layers.</summary>
    /// <exception cref="InvalidOperationException">The manifest is schema 1, which has to be converted instead, or a size is
    /// unknown.</exception>
    public static ManifestContent Replace(
        ImageManifest manifest, Descriptor config, IReadOnlyDictionary<int, Descriptor> layers, string what)
    {
        if (manifest.Schema1 is not null)
        {
            throw new InvalidOperationException($"{what} is of schema 1, which has no config and no descriptors to change.");
        }

        foreach (Descriptor changed in layers.Values.Append(config))
        {
            DescriptorJson.EnsureSizeIsKnown(changed);
        }

        byte[] bytes = ManifestJson.Edit(manifest.Content.Bytes, ErrorIds.InvalidManifest, what, json =>
        {
            DescriptorJson.Update((JsonObject)json["config"]!, manifest.Config, config);
            var list = json["layers"] as JsonArray ?? [];
            foreach ((int index, Descriptor layer) in layers)
            {
                DescriptorJson.Update((JsonObject)list[index]!, manifest.Layers[index], layer);
            }
        });
        return new ManifestContent(manifest.Content.MediaType, bytes, Digest.FromBytes(bytes));
    }

    /// <summary>Merges annotations into a manifest or an index; the same object if it has all of them.</summary>
    public static ManifestContent Annotate(
        ManifestContent content, IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> annotations, string what)
    {
        KeyValuePair<string, string>[] changed = annotations.Where(
            one => !before.TryGetValue(one.Key, out string? value) || value != one.Value).ToArray();
        if (changed.Length == 0)
        {
            return content;
        }

        byte[] bytes = ManifestJson.Edit(content.Bytes, ErrorIds.InvalidManifest, what, json =>
        {
            if (json["annotations"] is not JsonObject)
            {
                json["annotations"] = new JsonObject();
            }

            foreach ((string key, string value) in changed)
            {
                json["annotations"]![key] = value;
            }
        });
        return new ManifestContent(content.MediaType, bytes, Digest.FromBytes(bytes));
    }

    /// <summary>Creates the manifest of a new image.</summary>
    public static ManifestContent Create(ManifestFormat format, Descriptor config, IEnumerable<Descriptor> layers)
    {
        string mediaType = MediaTypes.Manifest(format);
        var json = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = mediaType,
            ["config"] = DescriptorJson.ToJson(config),
            ["layers"] = new JsonArray(layers.Select(layer => (JsonNode)DescriptorJson.ToJson(layer)).ToArray()),
        };
        byte[] bytes = ManifestJson.ToBytes(json);
        return new ManifestContent(mediaType, bytes, Digest.FromBytes(bytes));
    }
}
