// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;
using OciPS.Images;
using OciPS.Layers;
using OciPS.Sessions;
using OciPS.Tar;

namespace OciPS.Files;

/// <summary>Lists the entries of an image's layers, base first, as they are read.</summary>
internal sealed class FileLister(ImageSource image, OperationContext operation)
{
    private readonly IReadOnlyList<Layer> _layers = image.GetLayers(operation);
    private readonly UnreadLayers _unread = new();
    private long _left;

    /// <summary>Every entry of every layer. An entry's content can be read until the next entry is requested.</summary>
    public async IAsyncEnumerable<ImageFile> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ManifestCheck.ExpectLayersAsync(image.Store, image.Manifest, image.Reference, cancellationToken).ConfigureAwait(false);
        Interlocked.Exchange(ref _left, _layers.Sum(layer => layer.Size));
        var ahead = new LayerPrefetcher(_layers, ListLayerAsync);
        await using (ahead.ConfigureAwait(false))
        {
            for (int index = 0; index < _layers.Count; index++)
            {
                IAsyncEnumerable<ImageFile> files = await ahead.TakeAsync(index, cancellationToken).ConfigureAwait(false) is { } known
                    ? ListAsync(index, _layers[index].RecallAsync(known, cancellationToken), cancellationToken)
                    : ListLayerAsync(index, cancellationToken);
                await foreach (ImageFile file in files.ConfigureAwait(false))
                {
                    yield return file;
                    ahead.Saw(index, file);
                }
            }
        }

        WarnAboutUnread();
    }

    /// <summary>Warns of the layers that could not be listed.</summary>
    public void WarnAboutUnread() => _unread.Warn(operation.Log, "not read");

    /// <summary>
    /// The entries of the merged file system. All layers are read to find them; layers with an entry that <paramref name="isWanted"/> are
    /// read again for its content.
    /// </summary>
    public async IAsyncEnumerable<ImageFile> ListFlattenedAsync(
        Func<TarEntry, bool> isWanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var tree = new FileTree();
        var budget = new EntryBudget();
        var wanted = new List<(int Layer, TarEntry Entry)>();
        await foreach (ImageFile file in ListAsync(cancellationToken).ConfigureAwait(false))
        {
            budget.Take(file.Entry, $"'{image.Reference}'");
            tree.Add(file.LayerIndex, file.Entry);
            if (file.Entry.Type != TarEntryType.Whiteout && isWanted(file.Entry))
            {
                wanted.Add((file.LayerIndex, file.Entry));
            }
        }

        HashSet<(int, int)> visible = [.. tree.Entries.Select(file => (file.Layer, file.Entry.Ordinal))];
        foreach (IGrouping<int, (int Layer, TarEntry Entry)> layer in wanted.Where(
            file => visible.Contains((file.Layer, file.Entry.Ordinal))).GroupBy(file => file.Layer))
        {
            HashSet<int> ordinals = layer.Select(file => file.Entry.Ordinal).ToHashSet();
            await foreach (ImageFile file in ListLayerAsync(layer.Key, cancellationToken).ConfigureAwait(false))
            {
                if (ordinals.Contains(file.Entry.Ordinal))
                {
                    yield return file;
                }
            }
        }
    }

    /// <summary>Every entry of one layer.</summary>
    public async IAsyncEnumerable<ImageFile> ListLayerAsync(int index, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Layer layer = _layers[index];
        operation.Log.Expect(Math.Max(Interlocked.Add(ref _left, -layer.Size), 0));
        if (await layer.WhyNotReadableAsync(cancellationToken).ConfigureAwait(false) is { } why)
        {
            _unread.Add(layer, why);
            yield break;
        }

        Task<LayerEntries> entries = layer.GetEntriesAsync(cancellationToken);
        await foreach (ImageFile file in ListAsync(index, entries, cancellationToken).ConfigureAwait(false))
        {
            yield return file;
        }
    }

    private async IAsyncEnumerable<ImageFile> ListAsync(
        int index, Task<LayerEntries> opening, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using LayerEntries entries = await opening.ConfigureAwait(false);
        while (await entries.ReadAsync(cancellationToken).ConfigureAwait(false) is { } entry)
        {
            // The root of the file system has no name, so it cannot be selected.
            if (entry.Name.Length == 0)
            {
                continue;
            }

            ImageFile file = ImageFile.From(image, index, entry);
            using (file.AttachStream(entries.Live))
            {
                yield return file;
            }
        }

        await entries.FinishAsync(cancellationToken).ConfigureAwait(false);
    }
}
