// SPDX-License-Identifier: MIT

using System.Text.Json;

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

    public static ImageManifest Parse(ManifestContent content, string what) =>
        ManifestJson.Read(content.Bytes, ErrorIds.InvalidManifest, what, json => Parse(content, json, what));

    private static ImageManifest Parse(ManifestContent content, JsonElement json, string what)
    {
        if (!json.TryGetProperty("config", out JsonElement config))
        {
            throw new InvalidContentException(ErrorIds.InvalidManifest, $"{what} has no 'config'.");
        }

        return new ImageManifest(content)
        {
            SchemaVersion = (int)Math.Min(json.RequiredSize("schemaVersion", what), int.MaxValue),
            Config = Descriptor.Parse(config, $"The config of {what}"),
            Layers = json.Items("layers", what).Select((layer, index) => Descriptor.Parse(layer, $"Layer {index} of {what}")).ToArray(),
            Annotations = json.StringMap("annotations", what),
            Subject = json.TryGetProperty("subject", out JsonElement subject) && subject.ValueKind == JsonValueKind.Object
                ? Descriptor.Parse(subject, $"The subject of {what}")
                : null,
            ArtifactType = json.OptionalString("artifactType", what),
        };
    }
}
