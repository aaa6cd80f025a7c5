// SPDX-License-Identifier: MIT

using System.Text.Json;
using OciPS.Manifests.Json;
using OciPS.References;

namespace OciPS.Manifests;

/// <summary>A manifest or an index of any kind: its exact bytes, media type and digest.</summary>
internal sealed record ManifestContent(string MediaType, ReadOnlyMemory<byte> Bytes, Digest Digest)
{
    /// <summary>The maximum size in bytes that registries accept (distribution specification, "Pushing Manifests").</summary>
    public const int MaximumSize = 4 * 1024 * 1024;

    public Descriptor Descriptor => new(MediaType, Digest, Bytes.Length);

    /// <summary>The same manifest with a digest in another algorithm.</summary>
    public ManifestContent With(DigestAlgorithm algorithm) =>
        Digest.Kind == algorithm ? this : this with { Digest = ComputeDigest(algorithm) };

    /// <summary>Wraps untrusted bytes; the document's own <c>mediaType</c> takes precedence over the label.</summary>
    public static ManifestContent Identify(ReadOnlyMemory<byte> bytes, string? label, Digest digest, string what) => new(
        ManifestJson.Read(bytes, ErrorIds.InvalidManifest, what, json => DetectMediaType(json, label, what)), bytes, digest);

    // The digest of a schema 1 manifest covers its signed part, not its bytes.
    private Digest ComputeDigest(DigestAlgorithm algorithm) => MediaTypes.IsSchema1(MediaType)
        ? Schema1Signature.GetDigest(Bytes, algorithm, $"The manifest {Digest}")
        : algorithm.Compute(Bytes.Span);

    private static string DetectMediaType(JsonElement json, string? label, string what)
    {
        bool isSchema1 = Schema1Manifest.IsSchema1(json);
        bool isIndex = json.TryGetProperty("manifests", out _);
        bool isManifest = json.TryGetProperty("layers", out _) || json.TryGetProperty("config", out _);
        if ((isIndex && isManifest) || (isSchema1 && (isIndex || isManifest)))
        {
            throw new InvalidContentException(
                ErrorIds.InvalidManifest,
                $"{what} is ambiguous: it has more than one of the manifests of an index, the layers of an image and the 'fsLayers' of "
                    + "schema 1.");
        }

        // First, since it decides which bytes the digest covers.
        if (isSchema1)
        {
            return json.TryGetProperty("signatures", out JsonElement signatures) && signatures.ValueKind != JsonValueKind.Null
                ? MediaTypes.DockerSchema1Signed
                : MediaTypes.DockerSchema1;
        }

        if (json.TryGetProperty("mediaType", out JsonElement field)
            && field.ValueKind == JsonValueKind.String
            && field.GetString() is { Length: > 0 } own)
        {
            return own;
        }

        if (label is not null && MediaTypes.AllManifests.Contains(label))
        {
            return label;
        }

        return isIndex ? MediaTypes.OciIndex : isManifest ? MediaTypes.OciManifest : label ?? string.Empty;
    }
}
