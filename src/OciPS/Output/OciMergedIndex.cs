// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS;

/// <summary>The manifest list of an image directory after a merge.</summary>
public sealed class OciMergedIndex : OciIndex
{
    internal OciMergedIndex(ImageReference reference, ImageIndex index, bool changed)
        : base(reference, index) => Changed = changed;

    internal OciMergedIndex(SavedObject saved)
        : base(saved) => Changed = saved.Flag(nameof(Changed));

    /// <summary>Whether the directory was changed; false if it already had the list.</summary>
    public bool Changed { get; }
}
