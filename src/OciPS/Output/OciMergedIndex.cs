// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS;

/// <summary>The list that an image directory has now.</summary>
public sealed class OciMergedIndex : OciIndex
{
    internal OciMergedIndex(ImageReference reference, ImageIndex index, bool changed)
        : base(reference, index) => Changed = changed;

    internal OciMergedIndex(SavedObject saved)
        : base(saved) => Changed = saved.Flag(nameof(Changed));

    /// <summary>Whether the directory was changed; it is not where it had the list before.</summary>
    public bool Changed { get; }
}
