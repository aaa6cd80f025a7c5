// SPDX-License-Identifier: MIT

using OciPS.Files;
using OciPS.Tar;

namespace OciPS.Removal;

/// <summary>Decides which entries are removed, and how hard links to them change.</summary>
/// <remarks>
/// A link names the last earlier entry of its target's name in its layer, else one in the layers below. If the target is removed, the first
/// link is replaced by the target's header and content; later links to the target then name the first link.
/// </remarks>
internal sealed class RemovalPlanner
{
    private const int MaximumDanglingWarnings = 20;

    // eStargz: the layer's own table of contents, which describes its old bytes.
    private const string StargzIndex = "stargz.index.json";

    private readonly MergedFileSystem _view = new();
    private readonly HashSet<TarEntry> _removed = [];
    private readonly Dictionary<TarEntry, (int Layer, TarEntry Entry)> _targets = [];
    private readonly Dictionary<TarEntry, TarEntry> _promotedTo = [];
    private readonly Dictionary<TarEntry, (int Layer, TarEntry Entry)?> _shortcuts = [];
    private readonly SortedDictionary<int, List<EntryDecision>> _decisions = [];
    private readonly List<(int Layer, TarEntry Entry)> _removedFiles = [];
    private readonly List<(int Layer, TarEntry Entry)> _promoted = [];
    private readonly List<string> _warnings = [];
    private int _dangling;
    private int _steps;

    private RemovalPlanner()
    {
    }

    public static RemovalPlan Plan(IReadOnlyList<LayerScan> layers, bool recurse)
    {
        var planner = new RemovalPlanner();
        HashSet<string> directories = recurse
            ? layers.SelectMany(layer => layer.Selected).Where(entry => entry.Type == TarEntryType.Directory).Select(entry => entry.Name)
                .ToHashSet(StringComparer.Ordinal)
            : [];
        foreach (LayerScan layer in layers)
        {
            foreach (TarEntry entry in layer.Entries)
            {
                bool goes = layer.Selected.Contains(entry)
                    || (directories.Count > 0 && TarPath.GetAncestors(entry.Name).Any(directories.Contains));
                planner.Add(layer.Index, entry, goes);
            }
        }

        foreach (LayerScan layer in layers)
        {
            planner.DropStaleIndex(layer);
            planner.WarnIfSomethingIsHidden(layer);
        }

        return planner.Finish();
    }

    private void DropStaleIndex(LayerScan layer)
    {
        if (_decisions.TryGetValue(layer.Index, out List<EntryDecision>? decisions)
            && layer.Entries.FirstOrDefault(entry => entry.Name == StargzIndex && !_removed.Contains(entry)) is { } index)
        {
            decisions.Add(new EntryDecision.Remove(index));
            decisions.Sort((a, b) => a.Entry.Start.CompareTo(b.Entry.Start));
        }
    }

    private void WarnIfSomethingIsHidden(LayerScan layer)
    {
        if (layer.HasContentBehindEnd && _decisions.ContainsKey(layer.Index))
        {
            _warnings.Add(
                $"{layer.Layer} has content behind the end of its tar. No list shows it, no container sees it, and it stays in the layer, "
                    + "whatever it is.");
        }
    }

    private void Add(int layer, TarEntry entry, bool goes)
    {
        if (entry.Type == TarEntryType.HardLink && FindTarget(TarPath.Clean(entry.LinkTarget)) is { } target)
        {
            _targets[entry] = target;
        }

        if (goes)
        {
            _removed.Add(entry);
            _removedFiles.Add((layer, entry));
            Decide(layer, new EntryDecision.Remove(entry));
            WarnIfContentStays(entry);
        }
        else if (entry.Type == TarEntryType.HardLink)
        {
            Keep(layer, entry);
        }

        _view.Add(layer, entry);
    }

    // Extractors follow symbolic links in the folders of a link's target.
    private (int Layer, TarEntry Entry)? FindTarget(string name) =>
        _view.Find(name) ?? (_view.ResolveLinks(name) is { } real ? _view.Find(real) : null);

    private void Keep(int layer, TarEntry link)
    {
        if (!_targets.TryGetValue(link, out (int Layer, TarEntry Entry) target))
        {
            _dangling++;
            if (_dangling <= MaximumDanglingWarnings)
            {
                _warnings.Add(
                    $"'{link.Name}' in layer {layer} is a hard link to '{link.LinkTarget}', which the image did not have before either; "
                        + "it stays as it is.");
            }

            return;
        }

        if (!_removed.Contains(target.Entry))
        {
            return;
        }

        if (Origin(target) is { } found)
        {
            TakeOver(layer, link, found);
        }
        else
        {
            _warnings.Add($"'{link.Name}' in layer {layer} is a hard link that had no target before either; it stays as it is.");
        }
    }

    /// <summary>The target of a link, through removed links; null if there is none.</summary>
    private (int Layer, TarEntry Entry)? Origin((int Layer, TarEntry Entry) target)
    {
        (int Layer, TarEntry Entry)? origin = target;
        var passed = new List<TarEntry>();
        while (origin is { } step && step.Entry.Type == TarEntryType.HardLink && (_removed.Contains(step.Entry) || !IsVisible(step.Entry)))
        {
            passed.Add(step.Entry);
            _steps++;
            origin = _shortcuts.TryGetValue(step.Entry, out (int Layer, TarEntry Entry)? shortcut) ? shortcut
                : _targets.TryGetValue(step.Entry, out (int Layer, TarEntry Entry) next) ? next : null;
        }

        // Removed entries never come back: the next link along this path takes one step.
        passed.ForEach(entry => _shortcuts[entry] = origin);
        return origin;
    }

    private void TakeOver(int layer, TarEntry link, (int Layer, TarEntry Entry) origin)
    {
        // If the content is kept under another name, or was promoted before, a link to that is enough.
        TarEntry holder = _removed.Contains(origin.Entry) ? _promotedTo.GetValueOrDefault(origin.Entry, origin.Entry) : origin.Entry;
        if (!_removed.Contains(holder) && IsVisible(holder))
        {
            Decide(layer, new EntryDecision.Relink(link, LikeBefore(link.LinkTarget, holder.Name)));
            return;
        }

        Decide(layer, new EntryDecision.Promote(link, origin.Layer, origin.Entry));
        _promotedTo[origin.Entry] = link;
        _promoted.Add((layer, link));
        if (_removed.Contains(origin.Entry))
        {
            _warnings.Add(
                $"The content of '{origin.Entry.Name}' stays in the image as '{link.Name}', a hard link to it. Remove that as well if the "
                    + "content has to be removed.");
        }
    }

    private bool IsVisible(TarEntry entry) => _view.Find(entry.Name) is { } visible && visible.Entry == entry;

    // Removing a hard link does not remove the content of its target.
    private void WarnIfContentStays(TarEntry entry)
    {
        if (_targets.TryGetValue(entry, out (int Layer, TarEntry Entry) target) && !_removed.Contains(target.Entry))
        {
            _warnings.Add(
                $"'{entry.Name}' is a hard link: its content stays in the image as '{target.Entry.Name}'. Remove that as well if the "
                    + "content has to be removed.");
        }
    }

    private static string LikeBefore(string before, string name) =>
        before.StartsWith("./", StringComparison.Ordinal) ? "./" + name : before.StartsWith('/') ? "/" + name : name;

    private void Decide(int layer, EntryDecision decision)
    {
        if (!_decisions.TryGetValue(layer, out List<EntryDecision>? decisions))
        {
            _decisions[layer] = decisions = [];
        }

        decisions.Add(decision);
    }

    private RemovalPlan Finish()
    {
        if (_dangling > MaximumDanglingWarnings)
        {
            _warnings.Add($"{_dangling - MaximumDanglingWarnings} more hard links had no target before either; they stay as they are.");
        }

        return new RemovalPlan
        {
            Decisions = _decisions.ToDictionary(layer => layer.Key, layer => (IReadOnlyList<EntryDecision>)layer.Value),
            Removed = _removedFiles,
            Promoted = _promoted,
            Warnings = _warnings,
            View = _view,
            Steps = _steps,
        };
    }
}
