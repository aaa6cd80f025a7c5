// SPDX-License-Identifier: MIT

using System.Security.Cryptography;
using System.Text.Json;

namespace OciPS.Core.Tests.Support;

/// <summary>All that belongs to an image, found without the module by following the digests in its documents.</summary>
internal sealed class ImageParts
{
    private readonly Dictionary<string, Part> _parts = [];
    private readonly Func<string, byte[]> _readManifest;
    private readonly Func<string, byte[]> _readBlob;

    /// <param name="digest">The manifest or index to begin with.</param>
    /// <param name="readManifest">Gives a manifest or an index.</param>
    /// <param name="readBlob">Gives a blob.</param>
    public ImageParts(string digest, Func<string, byte[]> readManifest, Func<string, byte[]> readBlob)
    {
        _readManifest = readManifest;
        _readBlob = readBlob;
        AddManifest(digest, mediaType: null);
    }

    /// <summary>A manifest, an index or a blob.</summary>
    public sealed record Part(string Digest, byte[] Bytes, bool IsManifest, string? MediaType);

    /// <summary>The parts, each after what it refers to.</summary>
    public IEnumerable<Part> All => _parts.Values;

    public IReadOnlyList<string> Digests => _parts.Keys.Order(StringComparer.Ordinal).ToArray();

    public long BlobBytes => _parts.Values.Where(part => !part.IsManifest).Sum(part => (long)part.Bytes.Length);

    /// <summary>What is in a layout.</summary>
    public static ImageParts FromLayout(string folder, string digest)
    {
        byte[] Read(string name) => File.ReadAllBytes(Path.Combine(folder, "blobs", name.Split(':')[0], name.Split(':')[1]));
        return new ImageParts(digest, Read, Read);
    }

    private void AddManifest(string digest, string? mediaType)
    {
        byte[] bytes = Check(digest, _readManifest(digest));
        using var document = JsonDocument.Parse(bytes);
        JsonElement json = document.RootElement;
        foreach (JsonElement entry in Items(json, "manifests"))
        {
            AddManifest(entry.GetProperty("digest").GetString()!, entry.GetProperty("mediaType").GetString());
        }

        IEnumerable<JsonElement> blobs = json.TryGetProperty("config", out JsonElement config) ? Items(json, "layers").Append(config) : [];
        foreach (JsonElement blob in blobs.Where(blob => !blob.TryGetProperty("urls", out _)))
        {
            string name = blob.GetProperty("digest").GetString()!;
            _parts[name] = new Part(name, Check(name, _readBlob(name)), IsManifest: false, blob.GetProperty("mediaType").GetString());
        }

        _parts.TryAdd(
            digest,
            new Part(digest, bytes, IsManifest: true, json.TryGetProperty("mediaType", out JsonElement own) ? own.GetString() : mediaType));
    }

    private static JsonElement[] Items(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement items) ? items.EnumerateArray().ToArray() : [];

    private static byte[] Check(string digest, byte[] bytes)
    {
        byte[] hash = digest.StartsWith("sha512:", StringComparison.Ordinal) ? SHA512.HashData(bytes) : SHA256.HashData(bytes);
        Assert.EndsWith(":" + Convert.ToHexStringLower(hash), digest, StringComparison.Ordinal);
        return bytes;
    }
}
