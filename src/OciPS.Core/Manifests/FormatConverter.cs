// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Manifests.Json;
using OciPS.References;

namespace OciPS.Manifests;

/// <summary>Converts a manifest to the other family of media types; config and layers keep their bytes.</summary>
internal static class FormatConverter
{
    /// <summary>The manifest in a format; the same object if it already has that format or is not an image's.</summary>
    public static ManifestContent Convert(ImageManifest manifest, ManifestFormat format, string what)
    {
        EnsurePossible(manifest, format, what);
        bool isImage = MediaTypes.IsImageConfig(manifest.Config.MediaType);
        if (!isImage || (manifest.Content.MediaType == MediaTypes.Manifest(format) && AllTypes(manifest).All(
            type => MediaTypes.Convert(type, format) == type)))
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
        return new ManifestContent(MediaTypes.Manifest(format), bytes, Digest.FromBytes(bytes));
    }

    /// <summary>Checks that the format has a media type for each layer.</summary>
    /// <exception cref="InvalidInputException">A layer is in zstd, for which Docker's schema 2 has no type.</exception>
    public static void EnsurePossible(ImageManifest manifest, ManifestFormat format, string what)
    {
        if (format == ManifestFormat.Docker && MediaTypes.IsImageConfig(manifest.Config.MediaType))
        {
            EnsurePossible(manifest.Layers, format, what);
        }
    }

    /// <inheritdoc cref="EnsurePossible(ImageManifest, ManifestFormat, string)"/>
    public static void EnsurePossible(IEnumerable<Descriptor> layers, ManifestFormat format, string what)
    {
        if (format == ManifestFormat.Docker && layers.FirstOrDefault(IsZstd) is { } layer)
        {
            throw new InvalidInputException(
                ErrorIds.UnsupportedMediaType,
                $"{what} cannot be written as Docker's schema 2: its layer {layer.Digest} is compressed with zstd, and schema 2 has no "
                    + "media type for that. Write OCI media types.");
        }
    }

    /// <summary>The default format of a new image: the preferred one, unless it has no media type for a layer.</summary>
    public static ManifestFormat Choose(ManifestFormat preferred, IEnumerable<Descriptor> layers) =>
        preferred == ManifestFormat.Docker && layers.Any(IsZstd) ? ManifestFormat.Oci : preferred;

    private static bool IsZstd(Descriptor layer) => MediaTypes.GetCompression(layer.MediaType) == LayerCompression.Zstd;

    private static IEnumerable<string> AllTypes(ImageManifest manifest) =>
        manifest.Layers.Select(layer => layer.MediaType).Append(manifest.Config.MediaType);

    private static void Convert(JsonNode? descriptor, ManifestFormat format)
    {
        if (descriptor is JsonObject json && (string?)json["mediaType"] is { } mediaType)
        {
            json["mediaType"] = MediaTypes.Convert(mediaType, format);
        }
    }
}
