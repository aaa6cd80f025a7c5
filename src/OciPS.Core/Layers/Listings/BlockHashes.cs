// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Layers.Listings;

/// <summary>The SHA-256 hashes of the blocks of a stored layer, to verify ranges of it.</summary>
/// <param name="size">The layer's size in bytes.</param>
/// <param name="hashes">The concatenated hashes.</param>
internal sealed class BlockHashes(long size, ReadOnlyMemory<byte> hashes)
{
    public const int BlockSize = 64 * 1024;

    private static readonly int s_hashSize = DigestAlgorithm.Sha256.Size;

    public long Size => size;

    /// <summary>Whether every block has a hash.</summary>
    public bool IsWhole => hashes.Length == (size + BlockSize - 1) / BlockSize * s_hashSize;

    /// <summary>The end of the block that contains a position; a block boundary is its own end.</summary>
    public long GetEnd(long position) => Math.Min(size, (position + BlockSize - 1) / BlockSize * BlockSize);

    /// <summary>Whether a block matches its hash.</summary>
    public bool IsRight(long offset, ReadOnlySpan<byte> block)
    {
        ReadOnlySpan<byte> expected = hashes.Span.Slice((int)(offset / BlockSize) * s_hashSize, s_hashSize);
        return DigestAlgorithm.Sha256.HashData(block).AsSpan().SequenceEqual(expected);
    }
}
