// SPDX-License-Identifier: MIT

using System.Text.Json;
using OciPS.Manifests.Json;

namespace OciPS.Manifests;

/// <summary>The manifest of a single image, with the exact bytes that it was read from.</summary>
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
    /// The manifest as schema 1 has it, if it is one; then <see cref="Config"/> is only a placeholder, since there is no such blob.
    /// </summary>
    public Schema1Manifest? Schema1 { get; init; }

    /// <summary>Whether the types say that there are files in it: that of its config, or that of a layer.</summary>
    public bool HasFileSystem => MediaTypes.IsImageConfig(Config.MediaType) || Layers.Any(layer => MediaTypes.IsTar(layer.MediaType));

    public static ImageManifest Parse(ManifestContent content, string what) => MediaTypes.IsSchema1(content.MediaType)
        ? ParseSchema1(content, what)
        : ManifestJson.Read(content.Bytes, ErrorIds.InvalidManifest, what, json => Parse(content, json, what));

    /// <summary>Reads the signed part alone: what stands around it is in no digest, and may say anything.</summary>
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
