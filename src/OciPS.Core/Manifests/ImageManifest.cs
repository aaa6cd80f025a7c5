// SPDX-License-Identifier: MIT

using System.Text.Json;
using OciPS.Manifests.Json;

namespace OciPS.Manifests;

/// <summary>The manifest of a single image, with its exact bytes.</summary>
/// <remarks>Image specification, "Image Manifest".</remarks>
internal sealed record ImageManifest(ManifestContent Content)
{
    public required int SchemaVersion { get; init; }

    public required Descriptor Config { get; init; }

    public required IReadOnlyList<Descriptor> Layers { get; init; }

    public required IReadOnlyDictionary<string, string> Annotations { get; init; }

    public Descriptor? Subject { get; init; }

    public string? ArtifactType { get; init; }

    /// <summary>
    /// The schema 1 form of the manifest, if it is one; then <see cref="Config"/> is a placeholder, since there is no config blob.
    /// </summary>
    public Schema1Manifest? Schema1 { get; init; }

    /// <summary>Whether the media type of the config or of a layer says that the image has files.</summary>
    public bool HasFileSystem => MediaTypes.IsImageConfig(Config.MediaType) || Layers.Any(layer => MediaTypes.IsTar(layer.MediaType));

    public static ImageManifest Parse(ManifestContent content, string what) => MediaTypes.IsSchema1(content.MediaType)
        ? ParseSchema1(content, what)
        : ManifestJson.Read(content.Bytes, ErrorIds.InvalidManifest, what, json => Parse(content, json, what));

    /// <summary>Parses the signed part only: the digest does not cover the rest, so it is not trusted.</summary>
    private static ImageManifest ParseSchema1(ManifestContent content, string what)
    {
        Schema1Manifest schema1 = ManifestJson.Read(
            Schema1Signature.Payload(content.Bytes, what), ErrorIds.InvalidManifest, what, json => Schema1Manifest.Parse(json, what));
        return new ImageManifest(content)
        {
            SchemaVersion = 1,
            Config = Descriptor.WithUnknownSize(MediaTypes.DockerConfig, default),
            Layers = schema1.Layers.Where(layer => !layer.IsEmpty)
                .Select(layer => Descriptor.WithUnknownSize(MediaTypes.DockerLayerGzip, layer.Digest))
                .ToArray(),
            Annotations = ManifestJson.NoAnnotations,
            Schema1 = schema1,
        };
    }

    private static ImageManifest Parse(ManifestContent content, JsonElement json, string what)
    {
        if (!json.TryGetProperty("config", out JsonElement config))
        {
            throw new InvalidContentException(ErrorIds.InvalidManifest, $"{what} has no 'config'.");
        }

        return new ImageManifest(content)
        {
            SchemaVersion = (int)Math.Min(json.RequiredSize("schemaVersion", what), int.MaxValue),
            Config = Descriptor.Parse(config, $"The config of {ManifestJson.Inside(what)}"),
            Layers = json.Items("layers", what)
                .Select((layer, index) => Descriptor.Parse(layer, $"Layer {index} of {ManifestJson.Inside(what)}"))
                .ToArray(),
            Annotations = json.StringMap("annotations", what),
            Subject = json.TryGetProperty("subject", out JsonElement subject) && subject.ValueKind == JsonValueKind.Object
                ? Descriptor.Parse(subject, $"The subject of {ManifestJson.Inside(what)}")
                : null,
            ArtifactType = json.OptionalString("artifactType", what),
        };
    }
}
