// SPDX-License-Identifier: MIT

namespace OciPS.Compression.Gzip;

/// <summary>The position and type of a deflate block.</summary>
internal struct DeflateBlock
{
    public const int LongestMatch = 258;

    /// <summary>The bit of the input where its header begins.</summary>
    public long HeaderBit;

    /// <summary>The bit after the header.</summary>
    public long DataBit;

    /// <summary>The bit after the block; set once its end was read.</summary>
    public long EndBit;

    /// <summary>The decompressed position of its content.</summary>
    public long Start;

    /// <summary>Whether it is the last block of its stream.</summary>
    public bool IsFinal;

    /// <summary>Whether its content is stored uncompressed.</summary>
    public bool IsStored;

    /// <summary>The length of stored content in bytes.</summary>
    public int StoredLength;

    /// <summary>The end-of-block code, first bit lowest.</summary>
    public uint EndCode;

    /// <summary>The length of that code in bits.</summary>
    public int EndLength;
}
