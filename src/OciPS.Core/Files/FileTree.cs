// SPDX-License-Identifier: MIT

using OciPS.Tar;

namespace OciPS.Files;

/// <summary>The merged file system of an image in memory, with folders that no layer has an entry of. Names are in display form.</summary>
internal sealed class FileTree
{
    private const int MaximumLinks = 40;

    public FileNode Root { get; } = new(string.Empty, null);

    /// <summary>All visible entries, with their layers.</summary>
    public IEnumerable<(int Layer, TarEntry Entry)> Entries
    {
        get
        {
            var pending = new Stack<FileNode>([Root]);
            while (pending.TryPop(out FileNode? node))
            {
                if (node.Entry is { } entry)
                {
                    yield return (node.Layer, entry);
                }

                foreach (FileNode child in node.Unsorted)
                {
                    pending.Push(child);
                }
            }
        }
    }

    /// <summary>Applies the next entry of the layers, base first, as an extractor does.</summary>
    public void Add(int layer, TarEntry entry)
    {
        if (entry.Name.Length == 0)
        {
            return;
        }

        string path = ShownPath.Show(entry.Name);
        if (entry.Type != TarEntryType.Whiteout)
        {
            MakeFolder(layer, TarPath.GetParent(path)).GetOrAdd(TarPath.GetName(path)).Set(layer, entry);
        }
        else if (Follow(Root, TarPath.GetParent(path), followLast: true, null) is { IsDirectory: true } folder)
        {
            (TarPath.IsOpaqueMarker(path) ? folder : folder.Find(
                TarPath.GetName(TarPath.WhiteoutTarget(path))))?.Hide(layer, withItself: !TarPath.IsOpaqueMarker(path));
        }
    }

    /// <summary>The node of a path, through symbolic links in its folders; null if there is none.</summary>
    /// <param name="path">The path, with or without a leading slash.</param>
    /// <param name="followLast">Whether a link at the end is followed as well.</param>
    public FileNode? Find(string path, bool followLast) => Follow(Root, TarPath.Clean(path), followLast, null);

    /// <summary>
    /// The folder of a path; null if there is none. No link is followed twice, so a recursive walk ends even if a link points upwards.
    /// </summary>
    public FileNode? FindFolder(string path) =>
        Follow(Root, TarPath.Clean(path), followLast: true, []) is { IsDirectory: true } folder ? folder : null;

    /// <summary>The final target of a symbolic link; any other node itself.</summary>
    public FileNode? Follow(FileNode node) => node.IsLink ? Follow(node.Parent!, node.Name, followLast: true, null) : node;

    private FileNode? Follow(FileNode start, string path, bool followLast, HashSet<FileNode>? passed)
    {
        FileNode node = start;
        var pending = new Stack<string>();
        Push(pending, path);
        int ownParts = pending.Count;
        int links = 0;
        while (pending.TryPop(out string? part))
        {
            if (part == "..")
            {
                node = node.Parent ?? Root;
                continue;
            }

            FileNode? next = node.Find(part) ?? FindWithBackslash(node, part, pending);
            bool isOwn = pending.Count < ownParts;
            ownParts = Math.Min(ownParts, pending.Count);
            if (next is { IsLink: true } && (followLast || pending.Count > 0))
            {
                string target = GetTarget(next);
                bool isAgain = isOwn && passed?.Add(next) == false;
                next = isAgain || ++links > MaximumLinks ? null : target.StartsWith('/') ? Root : node;
                Push(pending, target);
            }

            if (next is null)
            {
                return null;
            }

            node = next;
        }

        return node;
    }

    // PowerShell treats a backslash in a name as a separator.
    private static FileNode? FindWithBackslash(FileNode node, string part, Stack<string> pending)
    {
        string name = part;
        int taken = 0;
        foreach (string next in pending)
        {
            name += "\\" + next;
            taken++;
            if (node.Find(name) is { } found)
            {
                for (; taken > 0; taken--)
                {
                    pending.Pop();
                }

                return found;
            }
        }

        return null;
    }

    private static void Push(Stack<string> pending, string path)
    {
        string[] parts = path.Split('/');
        for (int i = parts.Length - 1; i >= 0; i--)
        {
            if (parts[i] is not ("" or "."))
            {
                pending.Push(parts[i]);
            }
        }
    }

    /// <summary>
    /// The folder of a path; missing parts are created. A path through a link continues at the link's target, whether it exists or not; a
    /// file in the path, or a link without a target, is replaced by a folder.
    /// </summary>
    private FileNode MakeFolder(int layer, string path)
    {
        FileNode node = Root;
        int links = 0;
        var pending = new Stack<string>();
        Push(pending, path);
        while (pending.TryPop(out string? part))
        {
            if (part == "..")
            {
                node = node.Parent ?? Root;
                continue;
            }

            FileNode? child = node.Find(part);
            if (child is { IsLink: true } && ++links <= MaximumLinks)
            {
                string target = GetTarget(child);
                node = target.StartsWith('/') ? Root : node;
                Push(pending, target);
                continue;
            }

            if (child is not { IsDirectory: true })
            {
                child = node.GetOrAdd(part);
                child.Set(layer, null);
            }

            node = child;
        }

        return node;
    }

    private static string GetTarget(FileNode link) => ShownPath.Show(link.Entry!.LinkTarget);
}
