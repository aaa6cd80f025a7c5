// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Manifests.Json;
using OciPS.References;

namespace OciPS.Manifests;

/// <summary>Changes indexes and keeps unknown fields; creates new indexes.</summary>
internal static class IndexEditor
{
    /// <summary>The change to one entry.</summary>
    /// <param name="Target">The new target; null removes the entry.</param>
    /// <param name="Described">For an attestation: the new digest of the entry that it describes.</param>
    public readonly record struct Change(Descriptor? Target, Digest? Described = null);

    /// <summary>The index with changed entries, in their order; the same object if nothing changes.</summary>
    /// <param name="index">The index.</param>
    /// <param name="changes">The change to each entry.</param>
    /// <param name="mediaType">The media type of the new index.</param>
    /// <param name="what">The name of the index in errors.</param>
    public static ManifestContent Replace(ImageIndex index, IReadOnlyList<Change> changes, string mediaType, string what)
    {
        if (mediaType == index.Content.MediaType && !changes.Where((change, i) => IsChange(index.Manifests[i], change)).Any())
        {
            return index.Content;
        }

        byte[] bytes = ManifestJson.Edit(index.Content.Bytes, ErrorIds.InvalidManifest, what, json =>
        {
            if (mediaType != index.Content.MediaType)
            {
                json["mediaType"] = mediaType;
            }

            var entries = (JsonArray)json["manifests"]!;
            for (int i = changes.Count - 1; i >= 0; i--)
            {
                if (changes[i].Target is { } target)
                {
                    Update((JsonObject)entries[i]!, index.Manifests[i], target, changes[i].Described);
                }
                else
                {
                    entries.RemoveAt(i);
                }
            }
        });
        return new ManifestContent(mediaType, bytes, Digest.FromBytes(bytes));
    }

    /// <summary>Creates an index of images.</summary>
    public static ManifestContent Create(ManifestFormat format, IEnumerable<(Descriptor Image, Platform? Platform)> images)
    {
        string mediaType = MediaTypes.Index(format);
        var json = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = mediaType,
            ["manifests"] = new JsonArray(images.Select(image => (JsonNode)ToJson(image.Image, image.Platform)).ToArray()),
        };
        byte[] bytes = ManifestJson.ToBytes(json);
        return new ManifestContent(mediaType, bytes, Digest.FromBytes(bytes));
    }

    private static JsonObject ToJson(Descriptor image, Platform? platform)
    {
        JsonObject json = DescriptorJson.ToJson(image);
        if (image.ArtifactType is { } artifactType)
        {
            json["artifactType"] = artifactType;
        }

        if (image.Annotations.Count > 0)
        {
            json["annotations"] = new JsonObject(
                image.Annotations.Select(annotation => KeyValuePair.Create(annotation.Key, (JsonNode?)annotation.Value)));
        }

        if (platform is not null)
        {
            json["platform"] = DescriptorJson.ToJson(platform);
        }

        return json;
    }

    private static bool IsChange(Descriptor entry, Change change) => change.Target is not { } target
        || target.Digest != entry.Digest
        || target.MediaType != entry.MediaType
        || (change.Described is { } described && described != entry.DescribedDigest());

    private static void Update(JsonObject json, Descriptor entry, Descriptor target, Digest? described)
    {
        DescriptorJson.Update(json, entry, target);
        if (described is { } digest && json["annotations"] is JsonObject annotations)
        {
            annotations[Attestation.DescribedDigestKey] = digest.ToString();
        }
    }
}
