// SPDX-License-Identifier: MIT

using System.Text.Json;
using OciPS.Manifests.Json;
using OciPS.References;

namespace OciPS.Manifests;

/// <summary>All digests in a document, whatever kind of manifest it is.</summary>
internal static class NamedDigests
{
    public static IReadOnlySet<Digest> In(ReadOnlyMemory<byte> json, string what) =>
        ManifestJson.Read(json, ErrorIds.InvalidManifest, what, root =>
    {
        var digests = new HashSet<Digest>();
        Collect(root, digests);
        return digests;
    });

    private static void Collect(JsonElement json, HashSet<Digest> digests)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in json.EnumerateObject())
                {
                    Collect(property.Value, digests);
                }

                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in json.EnumerateArray())
                {
                    Collect(item, digests);
                }

                break;
            case JsonValueKind.String when Digest.TryParse(json.GetString(), out Digest digest):
                digests.Add(digest);
                break;
        }
    }
}
