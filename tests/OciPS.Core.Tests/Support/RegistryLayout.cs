// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Support;

/// <summary>Brings images that were made in a layout into the test registry, without the module.</summary>
internal static class RegistryLayout
{
    /// <summary>Pushes what a descriptor points to, with all below it, and points a tag to it.</summary>
    public static string Push(RegistryServer registry, string repository, string tag, LayoutImages images, JsonObject descriptor)
    {
        byte[] bytes = images.Blob(LayoutImages.Digest(descriptor));
        JsonNode document = JsonNode.Parse(bytes)!;
        foreach (JsonNode? child in document["manifests"]?.AsArray() ?? [])
        {
            Push(registry, repository, LayoutImages.Digest(child!.AsObject()), images, child.AsObject());
        }

        foreach (JsonNode? blob in (document["layers"]?.AsArray() ?? []).Append(document["config"]).Where(blob => blob is not null))
        {
            string path = images.BlobPath(LayoutImages.Digest(blob!.AsObject()));
            if (File.Exists(path))
            {
                registry.Content.PutBlob(repository, File.ReadAllBytes(path));
            }
        }

        return registry.Content.PutManifest(repository, tag, bytes, (string)descriptor["mediaType"]!);
    }
}
