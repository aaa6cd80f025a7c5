// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using OciPS.Layers;
using OciPS.Manifests;
using OciPS.Tar;

namespace OciPS.Files;

/// <summary>The final targets of an image's hard links, found for all links of a layer in one pass over it and the layers below.</summary>
/// <remarks>
/// A link names the last earlier entry of that name in its layer, else one in the layers below; that entry may be a link as well.
/// </remarks>
internal sealed class LinkTargets
{
    private static readonly ConditionalWeakTable<IReadOnlyList<Descriptor>, LinkTargets> s_known = [];

    private readonly ConcurrentDictionary<int, Dictionary<int, (int Layer, TarEntry Entry)>> _targets = [];

    /// <summary>The targets for an image, cached as long as its list of layers is in use.</summary>
    public static LinkTargets For(IReadOnlyList<Descriptor> layers) => s_known.GetValue(layers, static _ => new LinkTargets());

    /// <summary>The final target of a link; null if there is none.</summary>
    /// <param name="layer">The index of the link's layer.</param>
    /// <param name="link">The link.</param>
    /// <param name="lookThrough">Enumerates all entries of a layer.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<(int Layer, TarEntry Entry)?> FindAsync(
        int layer, TarEntry link, Func<int, Action<TarEntry>, CancellationToken, Task> lookThrough, CancellationToken cancellationToken)
    {
        // Concurrent callers get the same result.
        if (!_targets.TryGetValue(layer, out Dictionary<int, (int, TarEntry)>? targets))
        {
            _targets[layer] = targets = await FindAllAsync(layer, lookThrough, cancellationToken).ConfigureAwait(false);
        }

        return targets.TryGetValue(link.Ordinal, out (int, TarEntry) found) ? found : null;
    }

    // The target of a name: an entry of the layer, or a name in the layers below.
    private readonly record struct Step(TarEntry? Entry, string Below);

    private static async Task<Dictionary<int, (int Layer, TarEntry Entry)>> FindAllAsync(
        int layer, Func<int, Action<TarEntry>, CancellationToken, Task> lookThrough, CancellationToken cancellationToken)
    {
        var found = new Dictionary<int, (int Layer, TarEntry Entry)>();
        var pending = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        await ReadNamesAsync(layer, lookThrough, AddLink, cancellationToken).ConfigureAwait(false);
        for (int below = layer - 1; below >= 0 && pending.Count > 0; below--)
        {
            Dictionary<string, Step> names = await ReadNamesAsync(below, lookThrough, null, cancellationToken).ConfigureAwait(false);
            Dictionary<string, List<int>> asked = pending;
            pending = new Dictionary<string, List<int>>(StringComparer.Ordinal);
            foreach ((string name, List<int> links) in asked)
            {
                Step step = names.TryGetValue(name, out Step known) ? known : new Step(null, name);
                links.ForEach(link => Add(below, link, step));
            }
        }

        return found;

        void AddLink(TarEntry link, Step step) => Add(layer, link.Ordinal, step);

        void Add(int at, int link, Step step)
        {
            if (step.Entry is { } entry)
            {
                found[link] = (at, entry);
            }
            else if (pending.TryGetValue(step.Below, out List<int>? others))
            {
                others.Add(link);
            }
            else
            {
                pending[step.Below] = [link];
            }
        }
    }

    private static async Task<Dictionary<string, Step>> ReadNamesAsync(
        int layer, Func<int, Action<TarEntry>, CancellationToken, Task> lookThrough, Action<TarEntry, Step>? onLink,
        CancellationToken cancellationToken)
    {
        var names = new Dictionary<string, Step>(StringComparer.Ordinal);
        var budget = new EntryBudget();
        await lookThrough(
            layer,
            entry =>
            {
                budget.Take(entry, Layer.GetLabel(layer));
                var step = new Step(entry, string.Empty);
                if (entry.Type == TarEntryType.HardLink)
                {
                    string target = TarPath.Clean(entry.LinkTarget);
                    step = names.TryGetValue(target, out Step known) ? known : new Step(null, target);
                    onLink?.Invoke(entry, step);
                }

                names[entry.Name] = step;
            },
            cancellationToken).ConfigureAwait(false);
        return names;
    }
}
