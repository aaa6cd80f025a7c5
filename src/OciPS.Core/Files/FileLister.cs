// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;
using OciPS.Compression.Gzip;
using OciPS.Images;
using OciPS.IO.Hashing;
using OciPS.Layers;
using OciPS.Layers.Listings;
using OciPS.Manifests;
using OciPS.Sessions;
using OciPS.Tar;

namespace OciPS.Files;

/// <summary>Lists the entries of an image's layers, base first, as they stream by.</summary>
internal sealed class FileLister(ImageSource image, OperationContext operation)
{
    private readonly UnreadLayers _unread = new(image.Reference, image.Manifest.Layers);
    private long _left;

    /// <summary>Every entry of every layer. An entry's content is live until the next one is asked for.</summary>
    public async IAsyncEnumerable<ImageFile> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await LayerCheck.ExpectLayersAsync(image.Store, image.Manifest, image.Reference, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<Descriptor> layers = image.Manifest.Layers;
        Interlocked.Exchange(ref _left, layers.Sum(layer => layer.Size));
        var ahead = new LayerPrefetcher(layers, ListLayerAsync);
        await using (ahead.ConfigureAwait(false))
        {
            for (int index = 0; index < layers.Count; index++)
            {
                IAsyncEnumerable<ImageFile> files = await ahead.TakeAsync(index, cancellationToken).ConfigureAwait(false) is { } entries
                    ? ListEntriesAsync(
                        index,
                        entries,
                        await LayerIndexLookup.FindAsync(image.Store, layers[index], operation.Session.Listings, cancellationToken).ConfigureAwait(false),
                        cancellationToken)
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

    /// <summary>Tells of the layers that were to be listed and are not read.</summary>
    public void WarnAboutUnread() => _unread.Warn(operation.Log, "not read");

    /// <summary>
    /// The entries that a container sees. All layers are read to know them; then those that have one that
    /// <paramref name="isWanted"/> are read again, for their content.
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
        Descriptor layer = image.Manifest.Layers[index];
        operation.Log.Expect(Math.Max(Interlocked.Add(ref _left, -layer.Size), 0));
        if (await FileSystemLayers.WhyNotAsync(image.Store, layer, index, cancellationToken).ConfigureAwait(false) is { } why)
        {
            _unread.Add(index, why);
            yield break;
        }

        IAsyncEnumerable<ImageFile> files = await LayerIndexLookup.FindAsync(image.Store, layer, operation.Session.Listings, cancellationToken).ConfigureAwait(false) is { } known
            ? ListKnownAsync(index, known, cancellationToken)
            : await LayerToc.TryReadAsync(image.Store, layer, operation.Session.Listings, operation.Log, cancellationToken).ConfigureAwait(false) is { } contents
            ? ListByTocAsync(index, contents, cancellationToken)
            : ReadLayerAsync(index, cancellationToken);
        await foreach (ImageFile file in files.ConfigureAwait(false))
        {
            yield return file;
        }
    }

    private async IAsyncEnumerable<ImageFile> ReadLayerAsync(int index, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Descriptor layer = image.Manifest.Layers[index];
        InflatePoints points = InflatePoints.ForLayer(layer.Size);
        using ListingWriter? listing = operation.Session.Listings.Begin(layer, points);
        using LayerReader reader = await LayerReader.OpenAsync(
            image.Store, layer, index, operation.Log, listing is null
                ? null
                : listing.Tap, listing is null
                ? LayerHashing.None
                : LayerHashing.Whole, cancellationToken).ConfigureAwait(false);
        reader.Points = listing is null ? null : points;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } entry)
        {
            listing?.Add(entry);
            ImageFile file = GetFile(index, entry);
            using (file.AttachStream(reader))
            {
                if (IsFile(entry))
                {
                    yield return file;
                }
            }
        }

        ContentDigests content = await reader.FinishAsync(cancellationToken).ConfigureAwait(false);
        // What is odd about its end is found again each time.
        (reader.EndsOddly ? null : listing)?.Complete(reader.CompressedSize, reader.Compression, content.Digest);
    }

    private IAsyncEnumerable<ImageFile> ListKnownAsync(int index, LayerListing known, CancellationToken cancellationToken)
    {
        operation.Log.Verbose($"Layer {index} ({image.Manifest.Layers[index].Digest}) was read before: its listing is cached.");
        return ListEntriesAsync(index, known.Entries, known, cancellationToken);
    }

    /// <summary>A layer whose entries are at hand, and whose content is read where it is asked for.</summary>
    private async IAsyncEnumerable<ImageFile> ListEntriesAsync(
        int index, IEnumerable<TarEntry> entries, LayerListing? known, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var cursor = new LayerCursor(image.Store, image.Manifest.Layers[index], index, known, operation.Log);
        foreach (TarEntry entry in entries.Where(IsFile))
        {
            cancellationToken.ThrowIfCancellationRequested();
            ImageFile file = GetFile(index, entry);
            using (file.AttachStream(token => cursor.OpenAsync(entry, token)))
            {
                yield return file;
            }
        }

        await cursor.FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    private async IAsyncEnumerable<ImageFile> ListByTocAsync(
        int index, LayerToc contents, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        operation.Log.Verbose($"Layer {index} ({image.Manifest.Layers[index].Digest}) has a table of contents, which is used.");
        using var cursor = new TocCursor(image.Store, image.Manifest.Layers[index], index, contents, operation.Log);
        foreach (TocEntry found in contents.Entries.Where(found => IsFile(found.Entry)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            ImageFile file = GetFile(index, found.Entry);
            using (file.AttachStream(token => cursor.OpenAsync(found, token)))
            {
                yield return file;
            }
        }

        await cursor.FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    // The root of the file system has no name to select it by.
    private static bool IsFile(TarEntry entry) => entry.Name.Length > 0;

    private ImageFile GetFile(int index, TarEntry entry) => ImageFile.From(image, index, entry);
}
