// SPDX-License-Identifier: MIT

using OciPS.Tar;

namespace OciPS.Files;

/// <summary>A file or folder in the tree of an image's file system.</summary>
/// <param name="name">The last part of its path; empty for the root.</param>
/// <param name="parent">The folder that contains it; null for the root.</param>
internal sealed class FileNode(string name, FileNode? parent)
{
    private Dictionary<string, FileNode>? _children;
    private FileNode[]? _sorted;
    private int _hidden = -1;

    public string Name { get; } = name;

    public FileNode? Parent { get; } = parent;

    /// <summary>Its entry; null for a folder without one, which exists because of its children.</summary>
    public TarEntry? Entry { get; private set; }

    /// <summary>The layer of the entry.</summary>
    public int Layer { get; private set; }

    public bool IsDirectory => Entry is null or { Type: TarEntryType.Directory };

    public bool IsLink => Entry is { Type: TarEntryType.SymbolicLink };

    /// <summary>The path, without a slash at its beginning; empty for the root.</summary>
    public string FullName => Parent is null ? string.Empty : Parent.Parent is null ? Name : Parent.FullName + "/" + Name;

    /// <summary>The children of a folder: folders first, then by name.</summary>
    public IReadOnlyList<FileNode> Children => _sorted ??= _children is null || !IsDirectory
        ? []
        : [.. _children.Values.OrderBy(child => child.IsDirectory ? 0 : 1).ThenBy(
            child => child.Name, StringComparer.OrdinalIgnoreCase).ThenBy(child => child.Name, StringComparer.Ordinal)];

    /// <summary>The children, unsorted.</summary>
    public IEnumerable<FileNode> Unsorted => _children is null ? [] : _children.Values;

    public FileNode? Find(string name) =>
        IsDirectory && _children is not null && _children.TryGetValue(name, out FileNode? child) ? child : null;

    /// <summary>The child with a name; created if there is none.</summary>
    public FileNode GetOrAdd(string name)
    {
        _children ??= new Dictionary<string, FileNode>(StringComparer.Ordinal);
        if (!_children.TryGetValue(name, out FileNode? child))
        {
            _children[name] = child = new FileNode(name, this);
        }

        return child;
    }

    /// <summary>Sets its entry; null for a folder without one. Removes the children of anything but a folder.</summary>
    public void Set(int layer, TarEntry? entry)
    {
        Layer = layer;
        Entry = entry;
        if (!IsDirectory)
        {
            _children = null;
        }
    }

    /// <summary>Removes what lower layers added; keeps folders that this layer added something to.</summary>
    public void Hide(int layer, bool withItself)
    {
        var nodes = new List<FileNode> { this };
        for (int i = 0; i < nodes.Count; i++)
        {
            // A folder that was processed for this layer contains nothing from lower ones.
            if (nodes[i]._hidden != layer)
            {
                nodes.AddRange(nodes[i].Unsorted);
            }
        }

        for (int i = nodes.Count - 1; i >= (withItself ? 0 : 1); i--)
        {
            nodes[i].HideItself(layer);
        }

        nodes.ForEach(node => node._hidden = layer);
    }

    private void HideItself(int layer)
    {
        if (Layer >= layer)
        {
            return;
        }

        if (_children is { Count: > 0 })
        {
            Set(layer, null);
        }
        else
        {
            Parent?._children?.Remove(Name);
        }
    }
}
