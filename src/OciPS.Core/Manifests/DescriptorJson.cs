// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.References;

namespace OciPS.Manifests;

/// <summary>Writes descriptors, and changes those in documents without leaving fields that describe the old content.</summary>
/// <remarks>Image specification, "Content Descriptors".</remarks>
internal static class DescriptorJson
{
    private static readonly string[] s_staleAnnotations =
    [
        "containerd.io/snapshot/stargz/toc.digest",
        "io.containers.estargz.uncompressed-size",
        "containerd.io/uncompressed",
    ];

    private static readonly string[] s_staleAnnotationPrefixes = ["io.github.containers.zstd-chunked.", "io.containers.zstd-chunked."];

    /// <summary>A new descriptor: media type, size and digest.</summary>
    public static JsonObject ToJson(Descriptor descriptor)
    {
        EnsureSizeIsKnown(descriptor);
        return new JsonObject
        {
            ["mediaType"] = descriptor.MediaType,
            ["size"] = descriptor.Size,
            ["digest"] = descriptor.Digest.ToString(),
        };
    }

    /// <summary>Guards against writing a placeholder size into a document.</summary>
    /// <exception cref="InvalidOperationException">The size is not known.</exception>
    public static void EnsureSizeIsKnown(Descriptor descriptor)
    {
        if (!descriptor.SizeIsKnown)
        {
            throw new InvalidOperationException($"The size of {descriptor.Digest} is not known, so it cannot be written into a manifest.");
        }
    }

    /// <summary>A platform as an index entry spells it.</summary>
    public static JsonObject ToJson(Platform platform)
    {
        var json = new JsonObject { ["architecture"] = platform.Architecture, ["os"] = platform.OS };
        AddText(json, "variant", platform.Variant);
        AddText(json, "os.version", platform.OSVersion);
        AddList(json, "os.features", platform.OSFeatures);
        AddList(json, "features", platform.Features);
        return json;
    }

    /// <summary>Points a descriptor to other content. Other fields stay, except those that describe the old content.</summary>
    public static void Update(JsonObject json, Descriptor old, Descriptor changed)
    {
        if (old.MediaType != changed.MediaType)
        {
            json["mediaType"] = changed.MediaType;
        }

        if (old.Digest == changed.Digest)
        {
            return;
        }

        EnsureSizeIsKnown(changed);
        json["digest"] = changed.Digest.ToString();
        json["size"] = changed.Size;
        json.Remove("data");
        json.Remove("urls");
        if (json["annotations"] is JsonObject annotations)
        {
            RemoveStale(annotations);
            if (annotations.Count == 0)
            {
                json.Remove("annotations");
            }
        }
    }

    private static void AddText(JsonObject json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json[name] = value;
        }
    }

    private static void AddList(JsonObject json, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            json[name] = new JsonArray(values.Select(value => (JsonNode)JsonValue.Create(value)).ToArray());
        }
    }

    private static void RemoveStale(JsonObject annotations)
    {
        string[] stale = annotations.Select(annotation => annotation.Key)
            .Where(key => s_staleAnnotations.Contains(key) || s_staleAnnotationPrefixes.Any(
                prefix => key.StartsWith(prefix, StringComparison.Ordinal)))
            .ToArray();
        foreach (string key in stale)
        {
            annotations.Remove(key);
        }
    }
}
