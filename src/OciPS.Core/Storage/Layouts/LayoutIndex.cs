// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Manifests;
using OciPS.Manifests.Json;

namespace OciPS.Storage.Layouts;

/// <summary>The <c>index.json</c> of an OCI layout: its tags and their targets.</summary>
/// <remarks>Image specification, "Image Layout", section "index.json".</remarks>
internal static class LayoutIndex
{
    public const string RefName = "org.opencontainers.image.ref.name";

    public const int MaximumSize = 64 * 1024 * 1024;

    public static async Task<ImageIndex> ReadAsync(string path, CancellationToken cancellationToken)
    {
        string what = $"'{path}'";
        if (new FileInfo(path).Length > MaximumSize)
        {
            throw new InvalidContentException(ErrorIds.InvalidLayout, $"{what} has more than {MaximumSize} bytes.");
        }

        return Parse(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false), what);
    }

    public static ImageIndex Parse(ReadOnlyMemory<byte> bytes, string what)
    {
        try
        {
            return ImageIndex.Parse(new ManifestContent(MediaTypes.OciIndex, bytes, default), what);
        }
        catch (InvalidContentException error) when (error.ErrorId == ErrorIds.InvalidManifest)
        {
            throw new InvalidContentException(ErrorIds.InvalidLayout, error.Message, error);
        }
    }

    /// <summary>The entry of a tag; without a tag, the only image.</summary>
    /// <exception cref="InvalidInputException">Several entries have the tag.</exception>
    public static Descriptor? Find(ImageIndex index, string? tag, string path)
    {
        Descriptor[] found = index.Manifests
            .Where(entry => tag is null || FindTag(entry) == tag)
            .DistinctBy(entry => entry.Digest)
            .ToArray();
        return found.Length < 2 ? found.FirstOrDefault() : tag is null ? null : throw new InvalidInputException(
            ErrorIds.AmbiguousImage,
            $"'{path}' has the tag '{tag}' on several images: {string.Join(", ", found.Select(entry => entry.Digest))}. Say which by its "
                + $"digest: 'PATH@{found[^1].Digest}'.");
    }

    public static string? FindTag(Descriptor entry) => entry.Annotations.GetValueOrDefault(RefName);

    /// <summary>
    /// The index with an entry for a manifest, which replaces the entry with the same tag. Without a tag, an existing entry for the
    /// manifest is enough.
    /// </summary>
    public static byte[] Set(ReadOnlyMemory<byte> index, Descriptor manifest, string? tag, string what)
    {
        if (!index.IsEmpty)
        {
            return ManifestJson.Edit(index, ErrorIds.InvalidLayout, what, json => Set(json, manifest, tag));
        }

        var created = new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciIndex };
        Set(created, manifest, tag);
        return ManifestJson.ToBytes(created);
    }

    private static void Set(JsonObject json, Descriptor manifest, string? tag)
    {
        if (json["manifests"] is not JsonArray manifests)
        {
            json["manifests"] = manifests = [];
        }

        if (tag is null && manifests.Any(entry => (string?)entry?["digest"] == manifest.Digest.ToString()))
        {
            return;
        }

        foreach (JsonNode? entry in manifests.Where(entry => tag is not null && (string?)entry?["annotations"]?[RefName] == tag).ToArray())
        {
            manifests.Remove(entry);
        }

        var added = new JsonObject
        {
            ["mediaType"] = manifest.MediaType,
            ["digest"] = manifest.Digest.ToString(),
            ["size"] = manifest.Size,
        };
        if (tag is not null)
        {
            added["annotations"] = new JsonObject { [RefName] = tag };
        }

        manifests.Add(added);
    }
}
