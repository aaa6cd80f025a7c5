// SPDX-License-Identifier: MIT

namespace OciPS.Copying;

/// <summary>Why what is written has another manifest than what was read.</summary>
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

    /// <summary>An index lists less than before.</summary>
    Chosen = 8,

    /// <summary>An index was made of a single image.</summary>
    Normalised = 16,
}
