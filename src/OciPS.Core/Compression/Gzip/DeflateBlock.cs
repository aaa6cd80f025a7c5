// SPDX-License-Identifier: MIT

namespace OciPS.Compression.Gzip;

/// <summary>Where a block begins and what kind of block it is.</summary>
internal struct DeflateBlock
{
    public const int LongestMatch = 258;

    /// <summary>The bit of the input at which its header begins.</summary>
    public long HeaderBit;

    /// <summary>The bit behind the header.</summary>
    public long DataBit;

    /// <summary>The bit behind its end; known when that was read.</summary>
    public long EndBit;

    /// <summary>The decompressed position at which its content begins.</summary>
    public long Start;

    /// <summary>Whether it is the last one of its stream.</summary>
    public bool IsFinal;

    /// <summary>Whether its content is not compressed.</summary>
    public bool IsStored;

    /// <summary>How long that content is.</summary>
    public int StoredLength;

    /// <summary>The code that ends it, first bit lowest.</summary>
    public uint EndCode;

    /// <summary>How many bits that is.</summary>
    public int EndLength;
}
