// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;

namespace OciPS.Tests.Support;

/// <summary>The kinds of JSON documents that the image specification has a schema for.</summary>
internal enum DocumentKind
{
    Layout,
    Index,
    Manifest,
    Config,
}

/// <summary>A JSON document in a layout.</summary>
internal sealed record LayoutDocument(DocumentKind Kind, string Name, string Json);

/// <summary>Finds all OCI documents of a layout, from its <c>index.json</c> on.</summary>
internal static class LayoutDocuments
{
    public static IReadOnlyList<LayoutDocument> Read(string folder)
    {
        string index = File.ReadAllText(Path.Combine(folder, "index.json"));
        var documents = new Dictionary<string, LayoutDocument>
        {
            ["oci-layout"] = new(DocumentKind.Layout, "oci-layout", File.ReadAllText(Path.Combine(folder, "oci-layout"))),
            ["index.json"] = new(DocumentKind.Index, "index.json", index),
        };
        AddBelow(folder, JsonNode.Parse(index)!, documents);
        return [.. documents.Values];
    }

    private static void AddBelow(string folder, JsonNode document, Dictionary<string, LayoutDocument> documents)
    {
        IEnumerable<JsonNode?> descriptors = (document["manifests"] as JsonArray ?? []).Append(document["config"]);
        foreach (JsonNode descriptor in descriptors.OfType<JsonNode>())
        {
            string digest = (string)descriptor["digest"]!;
            DocumentKind? kind = (string)descriptor["mediaType"]! switch
            {
                LayoutImages.IndexType => DocumentKind.Index,
                LayoutImages.ManifestType => DocumentKind.Manifest,
                LayoutImages.ConfigType => DocumentKind.Config,
                _ => null,
            };
            if (kind is { } known && !documents.ContainsKey(digest))
            {
                string json = File.ReadAllText(Path.Combine(folder, "blobs", "sha256", digest["sha256:".Length..]));
                documents[digest] = new LayoutDocument(known, digest, json);
                AddBelow(folder, JsonNode.Parse(json)!, documents);
            }
        }
    }
}
