// SPDX-License-Identifier: MIT

using System.Text.Json;
using OciPS.Manifests.Json;

namespace OciPS.Manifests;

/// <summary>A list of images for several platforms, with its exact bytes.</summary>
/// <remarks>Image specification, "Image Index"; Docker's manifest list has the same shape.</remarks>
internal sealed record ImageIndex(ManifestContent Content)
{
    /// <summary>The schema version; 2 if the index gives none, which other tools accept too.</summary>
    public required int SchemaVersion { get; init; }

    public required IReadOnlyList<Descriptor> Manifests { get; init; }

    public required IReadOnlyDictionary<string, string> Annotations { get; init; }

    public Descriptor? Subject { get; init; }

    public string? ArtifactType { get; init; }

    public static ImageIndex Parse(ManifestContent content, string what) =>
        ManifestJson.Read(content.Bytes, ErrorIds.InvalidManifest, what, json => new ImageIndex(content)
        {
            SchemaVersion = json.TryGetProperty("schemaVersion", out _)
                ? (int)Math.Min(json.RequiredSize("schemaVersion", what), int.MaxValue)
                : 2,
            Manifests = json.Items("manifests", what)
                .Select((entry, index) => Descriptor.Parse(entry, $"Entry {index} of {ManifestJson.Inside(what)}"))
                .ToArray(),
            Annotations = json.StringMap("annotations", what),
            Subject = json.TryGetProperty("subject", out JsonElement subject) && subject.ValueKind == JsonValueKind.Object
                ? Descriptor.Parse(subject, $"The subject of {ManifestJson.Inside(what)}")
                : null,
            ArtifactType = json.OptionalString("artifactType", what),
        });
}
