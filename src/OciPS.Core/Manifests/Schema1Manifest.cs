// SPDX-License-Identifier: MIT

using System.Text;
using System.Text.Json;
using OciPS.Manifests.Json;
using OciPS.References;

namespace OciPS.Manifests;

/// <summary>A schema 1 manifest, from the time before config blobs.</summary>
/// <remarks>
/// Distribution's "Image Manifest Version 2, Schema 1". As in Docker and containers/image, a layer is empty if its history says so
/// (<c>throwaway</c>), whatever its digest; of consecutive layers with the same <c>id</c> only the oldest counts.
/// </remarks>
internal sealed record Schema1Manifest
{
    public required string Name { get; init; }

    public required string Tag { get; init; }

    public required string Architecture { get; init; }

    /// <summary>The layers, oldest first (the document lists them newest first); at least one.</summary>
    public required IReadOnlyList<Schema1Layer> Layers { get; init; }

    public required Platform Platform { get; init; }

    /// <summary>Whether a document is a schema 1 manifest. Decided by its content, since registries label it variously.</summary>
    public static bool IsSchema1(JsonElement json) =>
        json.TryGetProperty("fsLayers", out _)
        && json.TryGetProperty("schemaVersion", out JsonElement version)
        && version.ValueKind == JsonValueKind.Number
        && version.TryGetInt32(out int number)
        && number == 1;

    /// <summary>Whether bytes are a schema 1 manifest; false if they are not JSON.</summary>
    public static bool IsSchema1(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(ManifestJson.SkipMark(bytes));
            return document.RootElement.ValueKind == JsonValueKind.Object && IsSchema1(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    public static Schema1Manifest Parse(JsonElement json, string what)
    {
        ManifestJson.ExpectObject(json, what);
        if (!IsSchema1(json))
        {
            throw Invalid(what, "is no schema 1 manifest: it has no 'fsLayers', or its 'schemaVersion' is not 1");
        }

        IReadOnlyList<Schema1Layer> layers = ParseLayers(json, what);
        string architecture = json.OptionalString("architecture", what) ?? string.Empty;
        return new Schema1Manifest
        {
            Name = json.OptionalString("name", what) ?? string.Empty,
            Tag = json.OptionalString("tag", what) ?? string.Empty,
            Architecture = architecture,
            Layers = layers,
            Platform = ParsePlatform(layers[^1], architecture, what),
        };
    }

    private static List<Schema1Layer> ParseLayers(JsonElement json, string what)
    {
        JsonElement[] blobs = json.Items("fsLayers", what).ToArray();
        JsonElement[] history = json.Items("history", what).ToArray();
        if (blobs.Length == 0 || blobs.Length != history.Length)
        {
            throw Invalid(
                what,
                $"has {blobs.Length} 'fsLayers' and {history.Length} entries of 'history': there must be as many of both, and at least "
                    + "one");
        }

        var layers = new List<Schema1Layer>(blobs.Length);
        string? last = null;
        for (int i = blobs.Length - 1; i >= 0; i--)
        {
            Schema1Layer layer = ParseLayer(blobs[i], history[i], $"Layer {i} of {ManifestJson.Inside(what)}", out string? id);
            if (string.IsNullOrEmpty(id) || id != last)
            {
                layers.Add(layer);
            }

            last = id;
        }

        return layers;
    }

    private static Schema1Layer ParseLayer(JsonElement blob, JsonElement history, string what, out string? id)
    {
        ManifestJson.ExpectObject(blob, what);
        string digestText = blob.RequiredString("blobSum", what);
        if (!Digest.TryParse(digestText, out Digest digest))
        {
            throw new InvalidContentException(
                ErrorIds.UnsupportedDigest,
                $"{what} has the digest '{digestText}', which is {Digest.WhyNot(digestText)}.");
        }

        string entry = $"The history of {ManifestJson.Inside(what)}";
        ManifestJson.ExpectObject(history, entry);
        byte[] v1Compatibility = Encoding.UTF8.GetBytes(history.RequiredString("v1Compatibility", entry));
        (id, bool isEmpty) = ManifestJson.Read(
            v1Compatibility, ErrorIds.InvalidManifest, entry, v1 => (v1.OptionalString("id", entry), IsThrowaway(v1, entry)));
        return new Schema1Layer(digest, v1Compatibility, isEmpty);
    }

    private static bool IsThrowaway(JsonElement v1, string what) =>
        v1.TryGetProperty("throwaway", out JsonElement value) && value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False or JsonValueKind.Null => false,
            _ => throw Invalid(what, "has a 'throwaway' that is neither true nor false"),
        };

    private static Platform ParsePlatform(Schema1Layer newest, string architecture, string what)
    {
        string entry = $"The newest history entry of {ManifestJson.Inside(what)}";
        Platform platform = ManifestJson.Read(newest.V1Compatibility, ErrorIds.InvalidManifest, entry, v1 => PlatformJson.Parse(v1, entry));
        return platform with
        {
            OS = platform.OS.Length > 0 ? platform.OS : "linux",
            Architecture = platform.Architecture.Length > 0 ? platform.Architecture : architecture,
        };
    }

    private static InvalidContentException Invalid(string what, string why) => new(ErrorIds.InvalidManifest, $"{what} {why}.");
}
