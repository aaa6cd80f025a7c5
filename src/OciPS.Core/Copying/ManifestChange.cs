// SPDX-License-Identifier: MIT

namespace OciPS.Copying;

/// <summary>Why a written manifest differs from the source's.</summary>
[Flags]
internal enum ManifestChange
{
    None = 0,

    /// <summary>Layers or configs were rewritten.</summary>
    Rewritten = 1,

    /// <summary>Media types were converted.</summary>
    Converted = 2,

    /// <summary>Annotations were added.</summary>
    Annotated = 4,

    /// <summary>An index lists fewer images.</summary>
    Chosen = 8,

    /// <summary>An index was created for a single image.</summary>
    Normalised = 16,
}
