// SPDX-License-Identifier: MIT

namespace OciPS.Compression.Gzip;

/// <summary>Why decompressing paused.</summary>
internal enum InflateEvent
{
    /// <summary>More input is needed.</summary>
    NeedInput,

    /// <summary>The window is full; the next step frees space in it.</summary>
    WindowFull,

    /// <summary>A block header was read.</summary>
    BlockBegin,

    /// <summary>The end of a block was read.</summary>
    BlockEnd,

    /// <summary>The limit was reached.</summary>
    Limit,

    /// <summary>The input ended at a valid place.</summary>
    End,
}
