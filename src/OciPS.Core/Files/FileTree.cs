// SPDX-License-Identifier: MIT

using OciPS.Tar;

namespace OciPS.Files;

/// <summary>
/// The file system that a container sees, in memory, with the folders that no layer has an entry of. Names are as people see them.
/// </summary>
internal sealed class FileTree
{
    private const int MaximumLinks = 40;

    public FileNode Root { get; } = new(string.Empty, null);

    /// <summary>All entries that are to be seen, with their layers.</summary>
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

    /// <summary>Does with the next entry of the layers, base first, what an extractor does.</summary>
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

    /// <summary>What a path leads to, through symbolic links in its folders; null if that is nothing.</summary>
    /// <param name="path">The path, with or without a slash at its beginning.</param>
    /// <param name="followLast">Whether a link at the end is followed too.</param>
    public FileNode? Find(string path, bool followLast) => Follow(Root, TarPath.Clean(path), followLast, null);

    /// <summary>
    /// The folder that a path leads to; null if that is none. No link is passed twice, so that who walks down through
    /// folders comes to an end where a link leads back up.
    /// </summary>
    public FileNode? FindFolder(string path) =>
        Follow(Root, TarPath.Clean(path), followLast: true, []) is { IsDirectory: true } folder ? folder : null;

    /// <summary>What a symbolic link leads to in the end; what is none leads to itself.</summary>
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

    // PowerShell takes a backslash in a name for a separator.
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
    /// The folder of a path, made as far as it is not there. What lies below a link is where the link leads, be that there
    /// or not; a file on the way, or a link that leads nowhere, gives way to a folder.
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
