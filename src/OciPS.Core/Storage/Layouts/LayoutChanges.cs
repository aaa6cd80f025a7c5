// SPDX-License-Identifier: MIT

using OciPS.Manifests;

namespace OciPS.Storage.Layouts;

/// <summary>The entries that one image adds to a layout's index: the image and its referrers.</summary>
internal sealed class LayoutChanges
{
    private readonly List<(Descriptor Manifest, string? Tag)> _changes = [];

    private bool _replaceAll;

    public bool IsEmpty => _changes.Count == 0;

    /// <param name="manifest">The manifest.</param>
    /// <param name="tag">Its tag; null if it has none.</param>
    /// <param name="replacesAll">Whether it replaces all existing entries, together with the others that are added here.</param>
    public void Add(Descriptor manifest, string? tag, bool replacesAll)
    {
        _changes.Add((manifest, tag));
        _replaceAll |= replacesAll;
    }

    /// <summary>The index with the changes; empty stands for a missing index.</summary>
    public ReadOnlyMemory<byte> ApplyTo(ReadOnlyMemory<byte> index, string what)
    {
        ReadOnlyMemory<byte> changed = _replaceAll ? default : index;
        foreach ((Descriptor manifest, string? tag) in _changes)
        {
            changed = LayoutIndex.Set(changed, manifest, tag, what);
        }

        return changed;
    }
}
