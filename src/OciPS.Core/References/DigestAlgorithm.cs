// SPDX-License-Identifier: MIT

using System.Security.Cryptography;

namespace OciPS.References;

/// <summary>A hash algorithm of digests.</summary>
/// <remarks>Image specification, "Registered Algorithms".</remarks>
internal sealed class DigestAlgorithm
{
    private readonly HashAlgorithmName _hash;
    private readonly HashFunction _compute;

    private DigestAlgorithm(HashAlgorithmName hash, int size, HashFunction compute)
    {
        _hash = hash;
        _compute = compute;
        Name = hash.Name!.ToLowerInvariant();
        Prefix = Name + ":";
        DisplayName = Name.ToUpperInvariant().Insert(3, "-");
        Size = size;
    }

    private delegate int HashFunction(ReadOnlySpan<byte> bytes, Span<byte> hash);

    /// <summary>The default algorithm.</summary>
    public static DigestAlgorithm Sha256 { get; } = new(HashAlgorithmName.SHA256, SHA256.HashSizeInBytes, SHA256.HashData);

    public static DigestAlgorithm Sha512 { get; } = new(HashAlgorithmName.SHA512, SHA512.HashSizeInBytes, SHA512.HashData);

    public static IReadOnlyList<DigestAlgorithm> All { get; } = [Sha256, Sha512];

    /// <summary>The name as in digests: <c>sha256</c>.</summary>
    public string Name { get; }

    /// <summary>The name with its colon.</summary>
    public string Prefix { get; }

    /// <summary>The name for messages: <c>SHA-256</c>.</summary>
    public string DisplayName { get; }

    /// <summary>The size of a hash in bytes.</summary>
    public int Size { get; }

    /// <summary>The number of hexadecimal digits in a digest.</summary>
    public int HexLength => Size * 2;

    /// <summary>The algorithm of a digest's text; null if it is unknown.</summary>
    public static DigestAlgorithm? Find(string text)
    {
        foreach (DigestAlgorithm algorithm in All)
        {
            if (text.StartsWith(algorithm.Prefix, StringComparison.Ordinal))
            {
                return algorithm;
            }
        }

        return null;
    }

    /// <summary>Creates an incremental hash.</summary>
    public IncrementalHash CreateHash() => IncrementalHash.CreateHash(_hash);

    /// <summary>The hash of bytes.</summary>
    public byte[] HashData(ReadOnlySpan<byte> bytes)
    {
        byte[] hash = new byte[Size];
        _compute(bytes, hash);
        return hash;
    }

    /// <summary>The digest of bytes.</summary>
    public Digest Compute(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[Size];
        _compute(bytes, hash);
        return new Digest(this, hash);
    }

    /// <summary>The digest of the data in an incremental hash.</summary>
    public Digest Finish(IncrementalHash hash)
    {
        Span<byte> bytes = stackalloc byte[Size];
        hash.GetHashAndReset(bytes);
        return new Digest(this, bytes);
    }
}
