// SPDX-License-Identifier: MIT

using System.Text.Json;
using OciPS.Manifests.Json;
using OciPS.References;

namespace OciPS.Manifests;

/// <summary>Identifies content by its media type, digest and size.</summary>
/// <remarks>Image specification, "Content Descriptors".</remarks>
public sealed record Descriptor
{
    internal Descriptor(string mediaType, Digest digest, long size)
    {
        MediaType = mediaType;
        Digest = digest;
        Size = size;
    }

    /// <summary>The digest of the content.</summary>
    public Digest Digest { get; init; }

    /// <summary>The content's media type.</summary>
    public string MediaType { get; init; }

    /// <summary>The size of the content in bytes; 0 where a schema 1 manifest does not give it.</summary>
    public long Size
    {
        get;
        init
        {
            field = value;
            SizeIsKnown = true;
        }
    }

    /// <summary>Whether <see cref="Size"/> is known.</summary>
    internal bool SizeIsKnown { get; init; } = true;

    /// <summary>Annotations; empty if there are none.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = ManifestJson.NoAnnotations;

    /// <summary>Other addresses of the content; empty if there are none.</summary>
    public IReadOnlyList<string> Urls { get; init; } = [];

    /// <summary>The platform of the image, in an index.</summary>
    public Platform? Platform { get; init; }

    /// <summary>The type of the artifact that the descriptor points to; null if it is not an artifact.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>A schema 1 descriptor: the size is known only after reading the content.</summary>
    internal static Descriptor WithUnknownSize(string mediaType, Digest digest) => new(mediaType, digest, 0) { SizeIsKnown = false };

    internal static Descriptor Parse(JsonElement json, string what)
    {
        ManifestJson.ExpectObject(json, what);
        string digestText = json.RequiredString("digest", what);
        if (!Digest.TryParse(digestText, out Digest digest))
        {
            throw new InvalidContentException(
                ErrorIds.UnsupportedDigest,
                $"{what} has the digest '{digestText}', which is {Digest.WhyNot(digestText)}.");
        }

        return new Descriptor(json.OptionalString("mediaType", what) ?? string.Empty, digest, json.RequiredSize("size", what))
        {
            Annotations = json.StringMap("annotations", what),
            Urls = json.StringList("urls", what),
            Platform = json.TryGetProperty("platform", out JsonElement platform) && platform.ValueKind == JsonValueKind.Object
                ? PlatformJson.Parse(platform, what)
                : null,
            ArtifactType = json.OptionalString("artifactType", what),
        };
    }

    /// <summary>The digest.</summary>
    public override string ToString() => Digest.ToString();
}
