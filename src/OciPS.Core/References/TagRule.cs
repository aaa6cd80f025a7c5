// SPDX-License-Identifier: MIT

namespace OciPS.References;

/// <summary>What names an image in a place.</summary>
internal enum TagRule
{
    /// <summary>Nothing: the place holds one image without a name.</summary>
    None,

    /// <summary>A tag as the distribution specification defines it.</summary>
    Specified,

    /// <summary>Any text without control characters.</summary>
    Free,
}
