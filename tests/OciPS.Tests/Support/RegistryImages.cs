// SPDX-License-Identifier: MIT

using System.Text.Json;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.TestRegistry;

namespace OciPS.Tests.Support;

/// <summary>Puts images into the registry of the tests' own process, without the module.</summary>
internal static class RegistryImages
{
    /// <summary>Puts all that is in a layout into a repository, under the same tags.</summary>
    public static void Load(this RegistryServer registry, string repository, LayoutImages images)
    {
        foreach (string path in Directory.GetFiles(Path.Combine(images.Folder, "blobs", "sha256")))
        {
            byte[] bytes = File.ReadAllBytes(path);
            registry.Content.PutBlob(repository, bytes);
            if (GetManifestType(bytes) is { } mediaType)
            {
                registry.Content.PutManifest(repository, RegistryContent.GetDigest(bytes), bytes, mediaType);
            }
        }

        foreach (JsonNode? entry in JsonNode.Parse(File.ReadAllBytes(Path.Combine(images.Folder, "index.json")))!["manifests"]!.AsArray())
        {
            string tag = (string)entry!["annotations"]!["org.opencontainers.image.ref.name"]!;
            registry.Content.PutManifest(repository, tag, images.Blob((string)entry["digest"]!), (string)entry["mediaType"]!);
        }
    }

    private static string? GetManifestType(byte[] bytes)
    {
        try
        {
            return (string?)(JsonNode.Parse(bytes) as JsonObject)?["mediaType"];
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
