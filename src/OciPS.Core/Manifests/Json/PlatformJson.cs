// SPDX-License-Identifier: MIT

using System.Text.Json;
using OciPS.References;

namespace OciPS.Manifests.Json;

/// <summary>Reads a platform out of an index's entry or an image's config; both spell its fields alike.</summary>
internal static class PlatformJson
{
    public static Platform Parse(JsonElement json, string what) => new(
        json.OptionalString("os", what) ?? string.Empty,
        json.OptionalString("architecture", what) ?? string.Empty)
    {
        Variant = json.OptionalString("variant", what),
        OSVersion = json.OptionalString("os.version", what),
        OSFeatures = json.StringList("os.features", what),
        Features = json.StringList("features", what),
    };
}
