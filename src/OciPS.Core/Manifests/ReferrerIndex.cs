// SPDX-License-Identifier: MIT

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OciPS.Manifests.Json;
using OciPS.References;

namespace OciPS.Manifests;

/// <summary>The index of a manifest's referrers, under a tag derived from the manifest's digest.</summary>
/// <remarks>Distribution specification, "Referrers Tag Schema".</remarks>
internal static partial class ReferrerIndex
{
    private const int MaximumHexLength = 64;

    /// <summary>The fallback tag for a digest: <c>sha256-…</c>, with at most 64 digits.</summary>
    public static string FallbackTag(Digest subject)
    {
        string hex = subject.Hex;
        return $"{subject.Algorithm}-{(hex.Length > MaximumHexLength ? hex[..MaximumHexLength] : hex)}";
    }

    /// <summary>Whether a tag is derived from a digest, as the tags of referrers' indexes and of cosign's signatures are.</summary>
    public static bool IsOfDigest(string? tag) => tag is not null && DigestTag().IsMatch(tag);

    /// <summary>The index with a referrer added.</summary>
    public static ManifestContent Add(ImageIndex? index, ManifestContent referrer, string what)
    {
        JsonObject entry = Describe(referrer, what);
        byte[] bytes;
        if (index is null)
        {
            bytes = ManifestJson.ToBytes(new JsonObject
            {
                ["schemaVersion"] = 2,
                ["mediaType"] = MediaTypes.OciIndex,
                ["manifests"] = new JsonArray(entry),
            });
        }
        else
        {
            bytes = ManifestJson.Edit(index.Content.Bytes, ErrorIds.InvalidManifest, what, json =>
            {
                if (json["manifests"] is not JsonArray)
                {
                    json["manifests"] = new JsonArray();
                }

                json["manifests"]!.AsArray().Add((JsonNode)entry);
            });
        }

        return new ManifestContent(MediaTypes.OciIndex, bytes, Digest.FromBytes(bytes));
    }

    /// <summary>The subject of a manifest of any kind; null if it has none.</summary>
    public static Descriptor? GetSubject(ManifestContent content, string what) =>
        MediaTypes.IsIndex(content.MediaType) ? ImageIndex.Parse(content, what).Subject
        : MediaTypes.IsManifest(content.MediaType) ? ImageManifest.Parse(content, what).Subject
        : null;

    /// <summary>The digest of a manifest's subject, whatever its media type; null if it has none.</summary>
    public static Digest? SubjectIn(ReadOnlyMemory<byte> manifest, string what) =>
        ManifestJson.Read<Digest?>(manifest, ErrorIds.InvalidManifest, what, json =>
        json.TryGetProperty("subject", out JsonElement subject) && subject.ValueKind == JsonValueKind.Object

        && subject.TryGetProperty("digest", out JsonElement text)
        && text.ValueKind == JsonValueKind.String
        && Digest.TryParse(text.GetString(), out Digest digest)
            ? digest
            : null);

    private static JsonObject Describe(ManifestContent referrer, string what)
    {
        ImageManifest? manifest = MediaTypes.IsManifest(referrer.MediaType) ? ImageManifest.Parse(referrer, what) : null;
        ImageIndex? index = MediaTypes.IsIndex(referrer.MediaType) ? ImageIndex.Parse(referrer, what) : null;
        JsonObject entry = DescriptorJson.ToJson(referrer.Descriptor);
        if ((manifest?.ArtifactType ?? index?.ArtifactType ?? manifest?.Config.MediaType) is { Length: > 0 } artifactType)
        {
            entry["artifactType"] = artifactType;
        }

        IReadOnlyDictionary<string, string> annotations = manifest?.Annotations ?? index?.Annotations ?? ManifestJson.NoAnnotations;
        if (annotations.Count > 0)
        {
            entry["annotations"] = new JsonObject(
                annotations.Select(annotation => KeyValuePair.Create(annotation.Key, (JsonNode?)annotation.Value)));
        }

        return entry;
    }

    [GeneratedRegex(@"^sha(?:256|512)-[0-9a-f]{64}(?:\.[a-z]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex DigestTag();
}
