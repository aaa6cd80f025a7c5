// SPDX-License-Identifier: MIT

namespace OciPS.Compression.Gzip;

/// <summary>Why decompressing paused.</summary>
internal enum InflateEvent
{
    /// <summary>There is not enough input to go on.</summary>
    NeedInput,

    /// <summary>The window is full; going on makes room in it.</summary>
    WindowFull,

    /// <summary>The header of a block was read.</summary>
    BlockBegin,

    /// <summary>A block was read to its end.</summary>
    BlockEnd,

    /// <summary>The position was reached at which to pause.</summary>
    Limit,

    /// <summary>The input ended where it may.</summary>
    End,
}
