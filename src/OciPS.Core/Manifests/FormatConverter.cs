// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.References;

namespace OciPS.Manifests;

/// <summary>Writes a manifest in the other family of media types; config and layers keep their bytes.</summary>
internal static class FormatConverter
{
    /// <summary>The manifest in that format; the very same one if it is in it already, or is no image's and so has no other form.</summary>
    public static ManifestContent Convert(ImageManifest manifest, ManifestFormat format, string what)
    {
        bool isImage = MediaTypes.IsImageConfig(manifest.Config.MediaType);
        if (!isImage || (manifest.Content.MediaType == MediaTypes.Manifest(format) && AllTypes(manifest).All(type => MediaTypes.Convert(type, format) == type)))
        {
            return manifest.Content;
        }

        byte[] bytes = ManifestJson.Edit(manifest.Content.Bytes, ErrorIds.InvalidManifest, what, json =>
        {
            json["mediaType"] = MediaTypes.Manifest(format);
            Convert(json["config"], format);
            foreach (JsonNode? layer in json["layers"] as JsonArray ?? [])
            {
                Convert(layer, format);
            }
        });
        return new ManifestContent(MediaTypes.Manifest(format), bytes, Digest.OfBytes(bytes));
    }

    private static IEnumerable<string> AllTypes(ImageManifest manifest) => manifest.Layers.Select(layer => layer.MediaType).Append(manifest.Config.MediaType);

    private static void Convert(JsonNode? descriptor, ManifestFormat format)
    {
        if (descriptor is JsonObject json && (string?)json["mediaType"] is { } mediaType)
        {
            json["mediaType"] = MediaTypes.Convert(mediaType, format);
        }
    }
}
