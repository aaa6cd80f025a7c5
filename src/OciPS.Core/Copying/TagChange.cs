// SPDX-License-Identifier: MIT

namespace OciPS.Copying;

/// <summary>What a write did to a tag.</summary>
internal enum TagChange
{
    /// <summary>It was not there before.</summary>
    Created,

    /// <summary>It pointed to something else before.</summary>
    Moved,

    /// <summary>It pointed to the same manifest before.</summary>
    Unchanged,
}
