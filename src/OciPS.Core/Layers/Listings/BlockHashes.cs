// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Layers.Listings;

/// <summary>SHA-256 of each block of a layer as it is stored, so that parts of it can be checked.</summary>
/// <param name="size">The layer's size in bytes.</param>
/// <param name="hashes">The hashes, one after the other.</param>
internal sealed class BlockHashes(long size, ReadOnlyMemory<byte> hashes)
{
    public const int BlockSize = 64 * 1024;

    private static readonly int s_hashSize = DigestAlgorithm.Sha256.Size;

    public long Size => size;

    /// <summary>Whether there is a hash for each block.</summary>
    public bool IsWhole => hashes.Length == (size + BlockSize - 1) / BlockSize * s_hashSize;

    /// <summary>The end of the block that a position is in, or before which it stands.</summary>
    public long GetEnd(long position) => Math.Min(size, (position + BlockSize - 1) / BlockSize * BlockSize);

    /// <summary>Whether this is what the layer has in a block.</summary>
    public bool IsRight(long offset, ReadOnlySpan<byte> block)
    {
        ReadOnlySpan<byte> expected = hashes.Span.Slice((int)(offset / BlockSize) * s_hashSize, s_hashSize);
        return DigestAlgorithm.Sha256.HashData(block).AsSpan().SequenceEqual(expected);
    }
}
