// SPDX-License-Identifier: MIT

using OciPS.Tar;

namespace OciPS.Files;

/// <summary>Merges layers entry by entry into a file system: maps names to entries, with whiteouts applied.</summary>
/// <remarks>Image specification, "Image Layer Filesystem Changeset", sections "Applying Changesets" and "Whiteouts".</remarks>
internal sealed class MergedFileSystem
{
    private const int MaximumLinks = 40;

    private readonly Dictionary<string, Placed> _latest = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _whiteouts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _opaque = new(StringComparer.Ordinal);
    private int _sequence;

    // Replaced: when this name was last not a directory; older entries below it stay hidden.
    private readonly record struct Placed(int Layer, TarEntry Entry, int Sequence, int Replaced);

    /// <summary>Adds the next entry of the layers, base first.</summary>
    public void Add(int layer, TarEntry entry)
    {
        if (entry.Type != TarEntryType.Whiteout)
        {
            int replaced = entry.Type != TarEntryType.Directory
                ? _sequence
                : _latest.TryGetValue(entry.Name, out Placed before)
                ? before.Replaced
                : -1;
            _latest[entry.Name] = new Placed(layer, entry, _sequence++, replaced);
        }
        else if (TarPath.IsOpaqueMarker(entry.Name))
        {
            _opaque[TarPath.GetParent(entry.Name)] = layer;
        }
        else
        {
            _whiteouts[TarPath.WhiteoutTarget(entry.Name)] = layer;
        }
    }

    /// <summary>The current entry of a name; null if there is none.</summary>
    public (int Layer, TarEntry Entry)? Find(string name) =>
        _latest.TryGetValue(name, out Placed placed) && IsVisible(name, placed) ? (placed.Layer, placed.Entry) : null;

    /// <summary>Resolves symbolic links in all parts of a path; null if it does not lead to an entry.</summary>
    public string? ResolveLinks(string path)
    {
        int links = 0;
        var pending = new Stack<string>(Enumerable.Reverse(TarPath.Clean(path).Split('/')));
        string resolved = string.Empty;
        while (pending.TryPop(out string? part))
        {
            string next = resolved.Length == 0 ? part : resolved + "/" + part;
            if (Find(next) is not { Entry: { Type: TarEntryType.SymbolicLink } link })
            {
                resolved = next;
                continue;
            }

            if (++links > MaximumLinks)
            {
                return null;
            }

            string target = TarPath.Clean(link.LinkTarget.StartsWith('/') ? link.LinkTarget : resolved + "/" + link.LinkTarget);
            resolved = string.Empty;
            foreach (string targetPart in Enumerable.Reverse(target.Split('/', StringSplitOptions.RemoveEmptyEntries)))
            {
                pending.Push(targetPart);
            }
        }

        return Find(resolved) is null ? null : resolved;
    }

    private bool IsVisible(string name, Placed placed)
    {
        if (_whiteouts.TryGetValue(name, out int layer) && layer > placed.Layer)
        {
            return false;
        }

        foreach (string ancestor in TarPath.GetAncestors(name))
        {
            if ((_whiteouts.TryGetValue(ancestor, out layer) && layer > placed.Layer)
                || (_opaque.TryGetValue(ancestor, out layer) && layer > placed.Layer)
                || (_latest.TryGetValue(ancestor, out Placed above) && above.Replaced > placed.Sequence))
            {
                return false;
            }
        }

        return !(_opaque.TryGetValue(string.Empty, out layer) && layer > placed.Layer);
    }
}
