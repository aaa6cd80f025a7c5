// SPDX-License-Identifier: MIT

using System.Text.Json;
using OciPS.References;

namespace OciPS.Manifests.Json;

/// <summary>Reads the platform of an index entry or of a config; both use the same field names.</summary>
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
