// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;

namespace OciPS.TestRegistry;

/// <summary>What the registry holds, by repository.</summary>
public sealed class RegistryContent
{
    private readonly ConcurrentDictionary<(string Repository, string Digest), byte[]> _blobs = new();
    private readonly ConcurrentDictionary<(string Repository, string Name), StoredManifest> _manifests = new();

    /// <summary>A manifest with the type that it was pushed with.</summary>
    public sealed record StoredManifest(byte[] Bytes, string MediaType)
    {
        public string Digest => GetDigest(Bytes);
    }

    public static string GetDigest(ReadOnlySpan<byte> bytes) => "sha256:" + Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant();

    /// <summary>The digest of bytes in the algorithm of another digest.</summary>
    public static string GetDigest(ReadOnlySpan<byte> bytes, string? like) => like?.StartsWith("sha512:", StringComparison.Ordinal) == true
        ? "sha512:" + Convert.ToHexString(SHA512.HashData(bytes)).ToLowerInvariant()
        : GetDigest(bytes);

    /// <summary>Stores a blob and gives its digest.</summary>
    public string PutBlob(string repository, byte[] bytes, string? like = null)
    {
        string digest = GetDigest(bytes, like);
        _blobs[(repository, digest)] = bytes;
        return digest;
    }

    /// <summary>Puts other bytes where a blob is, as a registry with a broken disk would.</summary>
    public void Corrupt(string repository, string digest, byte[] bytes) => _blobs[(repository, digest)] = bytes;

    public void RemoveBlob(string repository, string digest) => _blobs.TryRemove((repository, digest), out _);

    public byte[]? FindBlob(string repository, string digest) => _blobs.GetValueOrDefault((repository, digest));

    /// <summary>The digests of all blobs in a repository.</summary>
    public IReadOnlyCollection<string> BlobsIn(string repository) =>
        _blobs.Keys.Where(key => key.Repository == repository).Select(key => key.Digest).ToArray();

    /// <summary>Stores a manifest under a tag (or its own digest) and gives its digest; as registries do, by its SHA-256 as well.</summary>
    public string PutManifest(string repository, string name, byte[] bytes, string mediaType)
    {
        var manifest = new StoredManifest(bytes, mediaType);
        _manifests[(repository, name)] = manifest;
        _manifests[(repository, manifest.Digest)] = manifest;
        return manifest.Digest;
    }

    /// <summary>Puts another manifest where one is.</summary>
    public void Corrupt(string repository, string name, StoredManifest manifest) => _manifests[(repository, name)] = manifest;

    /// <summary>Forgets what a tag or digest names.</summary>
    public void RemoveManifest(string repository, string name) => _manifests.TryRemove((repository, name), out _);

    /// <summary>The tags in a repository.</summary>
    public IEnumerable<string> TagsIn(string repository) =>
        _manifests.Keys.Where(key => key.Repository == repository && !key.Name.Contains(':', StringComparison.Ordinal))
            .Select(key => key.Name);

    /// <summary>The manifests that name a digest as their subject.</summary>
    public IEnumerable<StoredManifest> GetReferrers(string repository, string digest) => _manifests
        .Where(manifest => manifest.Key.Repository == repository
            && manifest.Key.Name == manifest.Value.Digest
            && GetSubject(manifest.Value.Bytes) == digest)
        .Select(manifest => manifest.Value);

    /// <summary>The digest of what a manifest refers to; null if it refers to nothing.</summary>
    public static string? GetSubject(byte[] manifest)
    {
        using var json = JsonDocument.Parse(manifest);
        return json.RootElement.TryGetProperty("subject", out JsonElement subject) ? subject.GetProperty("digest").GetString() : null;
    }

    public StoredManifest? FindManifest(string repository, string name) => _manifests.GetValueOrDefault((repository, name));
}
