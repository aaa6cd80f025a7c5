// SPDX-License-Identifier: MIT

namespace OciPS.Layers;

/// <summary>What of a decompressed layer is hashed while it is read.</summary>
internal enum LayerHashing
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>All of it: that is its diffID.</summary>
    Whole,

    /// <summary>What stays of it: who reads it decides about each entry.</summary>
    Remainder,
}
