// SPDX-License-Identifier: MIT

namespace OciPS.References;

/// <summary>What can name an image in a place.</summary>
internal enum TagRule
{
    /// <summary>Nothing: the place holds one image that has no name.</summary>
    None,

    /// <summary>A tag as the distribution specification allows them.</summary>
    Specified,

    /// <summary>Any text without control characters.</summary>
    Free,
}
