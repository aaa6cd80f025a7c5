// SPDX-License-Identifier: MIT

using System.Text.Json;
using OciPS.Manifests.Json;
using OciPS.References;

namespace OciPS.Manifests;

/// <summary>The fields of an image's config that the core uses, with its exact bytes.</summary>
/// <remarks>Image specification, "Image Configuration".</remarks>
internal sealed record ImageConfig(ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The maximum size in bytes, since configs are read into memory; far above any real config.</summary>
    public const int MaximumSize = 64 * 1024 * 1024;

    public required Platform Platform { get; init; }

    /// <summary>The digests of the decompressed layers, base first; null if the config has no <c>rootfs</c>.</summary>
    public required IReadOnlyList<string>? DiffIds { get; init; }

    /// <summary>The number of history entries that stand for a layer.</summary>
    public required int NonEmptyHistoryCount { get; init; }

    public static ImageConfig Parse(ReadOnlyMemory<byte> bytes, string what) =>
        ManifestJson.Read(bytes, ErrorIds.InvalidConfig, what, json => Parse(bytes, json, what));

    private static ImageConfig Parse(ReadOnlyMemory<byte> bytes, JsonElement json, string what)
    {
        bool hasRootFs = json.TryGetProperty("rootfs", out JsonElement rootFs) && rootFs.ValueKind == JsonValueKind.Object;
        return new ImageConfig(bytes)
        {
            Platform = PlatformJson.Parse(json, what),
            DiffIds = hasRootFs ? rootFs.StringList("diff_ids", what) : null,
            NonEmptyHistoryCount = json.Items("history", what).Count(IsNonEmpty),
        };
    }

    internal static bool IsNonEmpty(JsonElement history) =>
        history.ValueKind == JsonValueKind.Object
        && !(history.TryGetProperty("empty_layer", out JsonElement empty) && empty.ValueKind == JsonValueKind.True);
}
