// SPDX-License-Identifier: MIT

namespace OciPS.Copying;

/// <summary>How a write changed a tag.</summary>
internal enum TagChange
{
    /// <summary>The tag is new.</summary>
    Created,

    /// <summary>The tag pointed to something else before.</summary>
    Moved,

    /// <summary>The tag pointed to the same manifest before.</summary>
    Unchanged,
}
