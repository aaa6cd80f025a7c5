// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using OciPS.Compression.Gzip;
using OciPS.Files;
using OciPS.Images;
using OciPS.IO;
using OciPS.IO.Hashing;
using OciPS.Layers;
using OciPS.Layers.Listings;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;
using OciPS.Tar;

namespace OciPS.Removal;

/// <summary>
/// Reads the layers of images once, to know what is in them and what of it is selected; a layer that several images share is read for all
/// of them.
/// </summary>
internal sealed class LayerScanner(IImageStore store, FileSelection selection, OperationContext operation) : IDisposable
{
    private readonly ConcurrentDictionary<string, bool> _selectedNames = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Digest, LayerScan> _scans = [];
    private readonly ConcurrentBag<SpoolFile> _spools = [];
    private readonly EntryBudget _budget = new();
    private long _left;

    /// <summary>Tells ahead which layers are going to be scanned.</summary>
    public void Expect(IEnumerable<Descriptor> layers) => _left = layers.DistinctBy(layer => layer.Digest).Sum(layer => layer.Size);

    /// <summary>
    /// Scans the layers of several images beforehand, the largest first: each image alone may have too few of them for all cores.
    /// </summary>
    public Task ScanAheadAsync(IReadOnlyList<(ImageReference Reference, ManifestNode Image)> images, CancellationToken cancellationToken)
    {
        if (images.Count < 2 || selection.HasFilter)
        {
            return Task.CompletedTask;
        }

        IEnumerable<ImageLayer> layers = images
            .SelectMany(image => image.Image.Manifest.Layers.Select(
                (_, index) => new ImageLayer(image.Reference, image.Image.Manifest.Layers, index)))
            .Where(layer => MediaTypes.IsTar(layer.Layer.MediaType) && !MediaTypes.IsForeignLayer(layer.Layer.MediaType) && layer.Layer.Urls.Count == 0)
            .DistinctBy(layer => layer.Layer.Digest)
            .OrderByDescending(layer => layer.Layer.Size);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = LayerReader.LayersAtOnce, CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(
            layers, parallel, async (layer, token) => await ScanAsync(layer, isRepeated: false, token).ConfigureAwait(false));
    }

    /// <summary>Scans an image's layers.</summary>
    public async Task<ImageScan> ScanAsync(ImageReference reference, ManifestNode image, CancellationToken cancellationToken)
    {
        await LayerCheck.ExpectLayersAsync(store, image.Manifest, reference, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<Descriptor> layers = image.Manifest.Layers;
        var unreadLayers = new UnreadLayers(reference, layers);
        var found = new LayerScan?[layers.Count];
        async ValueTask ScanOneAsync(int index, CancellationToken token)
        {
            var layer = new ImageLayer(reference, layers, index);
            bool isRepeated = layers.Take(index).Any(earlier => earlier.Digest == layer.Layer.Digest);
            found[index] = await TryScanAsync(layer, isRepeated, unreadLayers, token).ConfigureAwait(false);
        }

        // The largest first, so that none of them is left when all others are done. A filter is asked in the layers' order.
        IEnumerable<int> order = Enumerable.Range(0, layers.Count);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = selection.HasFilter ? 1 : LayerReader.LayersAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(
            selection.HasFilter ? order : order.OrderByDescending(index => layers[index].Size),
            parallel,
            ScanOneAsync).ConfigureAwait(false);

        unreadLayers.Warn(operation.Log, "not read, and stays as it is");
        LayerScan[] scans = [.. found.OfType<LayerScan>()];
        Descriptor[] unread = [.. layers.Where((_, index) => found[index] is null)];
        return new ImageScan(operation.Session, reference, image, scans, unread);
    }

    public void Dispose() => _spools.ToList().ForEach(spool => spool.Dispose());

    private readonly record struct ImageLayer(ImageReference Reference, IReadOnlyList<Descriptor> Layers, int Index)
    {
        public Descriptor Layer => Layers[Index];

        public override string ToString() => $"Layer {Index} ({Layer.Digest}) of '{Reference}'";
    }

    /// <summary>Scans a layer; null if it is no file system, or one that is elsewhere.</summary>
    private async Task<LayerScan?> TryScanAsync(ImageLayer layer, bool isRepeated, UnreadLayers unread, CancellationToken cancellationToken)
    {
        string mediaType = layer.Layer.MediaType;
        if (MediaTypes.IsEncryptedLayer(mediaType))
        {
            throw new InvalidContentException(
                ErrorIds.EncryptedLayer,
                $"{layer} is encrypted ('{mediaType}') and cannot be read, so that its files are not known. Decrypt the image first.");
        }

        if (await FileSystemLayers.WhyNotAsync(store, layer.Layer, layer.Index, cancellationToken).ConfigureAwait(false) is { } why)
        {
            unread.Add(layer.Index, why);
            return null;
        }

        return await ScanAsync(layer, isRepeated, cancellationToken).ConfigureAwait(false);
    }

    private async Task<LayerScan> ScanAsync(ImageLayer layer, bool isRepeated, CancellationToken cancellationToken)
    {
        // A layer that is in one image twice has entries of its own in each place.
        if (!isRepeated && _scans.TryGetValue(layer.Layer.Digest, out LayerScan? known))
        {
            return known with { Index = layer.Index, Layer = layer.Layer with { Size = known.Layer.Size, SizeIsKnown = true } };
        }

        LayerScan scan = await ReadAsync(layer, cancellationToken).ConfigureAwait(false);
        _scans.TryAdd(layer.Layer.Digest, scan);
        return scan;
    }

    private async Task<LayerScan> ReadAsync(ImageLayer layer, CancellationToken cancellationToken)
    {
        operation.Log.Expect(Math.Max(Interlocked.Add(ref _left, -layer.Layer.Size), 0));
        // A filter is asked once about each entry.
        if (await LayerIndexLookup.FindAsync(store, layer.Layer, operation.Session.Listings, cancellationToken).ConfigureAwait(false) is { } known
            && (known.DiffId != default || !selection.HasFilter))
        {
            LayerScan recalled = await RecallAsync(layer, known, cancellationToken).ConfigureAwait(false);
            // What is rewritten gets another diffID.
            if (known.DiffId != default || recalled.Selected.Count > 0)
            {
                operation.Log.Verbose($"Layer {layer.Index} ({layer.Layer.Digest}) was read before: its listing is cached.");
                return recalled;
            }
        }

        // A filter is asked once about each entry: what it was asked already is not taken back.
        return selection.HasFilter
            ? await ReadOnceAsync(layer, cancellationToken).ConfigureAwait(false)
            : await BlobReader.ReadAgainAsync(token => ReadOnceAsync(layer, token), cancellationToken).ConfigureAwait(false);
    }

    private async Task<LayerScan> ReadOnceAsync(ImageLayer layer, CancellationToken cancellationToken)
    {
        SpoolFile? spool = store.IsLocal ? null : SpoolFile.Create();
        if (spool is not null)
        {
            _spools.Add(spool);
            operation.Log.Verbose(
                $"Layer {layer.Index} ({layer.Layer.Digest}, {layer.Layer.Size} bytes) is spooled in '{SpoolFile.Folder}'.");
        }

        LayerScan scan = await ReadAsync(layer, spool, cancellationToken).ConfigureAwait(false);
        if (IsLikelyRewritten(scan))
        {
            return scan with { Spool = spool };
        }

        spool?.Dispose();
        return scan with { Remainder = null };
    }

    /// <summary>Goes by what is known of a layer; it is read only for content that the selection asks for.</summary>
    private async Task<LayerScan> RecallAsync(ImageLayer layer, LayerListing known, CancellationToken cancellationToken)
    {
        var entries = new List<TarEntry>(known.Count);
        var selected = new HashSet<TarEntry>();
        using var cursor = new LayerCursor(store, layer.Layer, layer.Index, known, operation.Log);
        foreach (TarEntry entry in known.Entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            entries.Add(entry);
            await SelectAsync(layer, entry, selected, token => cursor.OpenAsync(entry, token), cancellationToken).ConfigureAwait(false);
        }

        await cursor.FinishAsync(cancellationToken).ConfigureAwait(false);
        return new LayerScan(
            layer.Index, layer.Layer with { Size = known.Size, SizeIsKnown = true }, entries, selected, known.DiffId, known.Compression);
    }

    private async Task<LayerScan> ReadAsync(ImageLayer layer, SpoolFile? spool, CancellationToken cancellationToken)
    {
        var entries = new List<TarEntry>();
        var selected = new HashSet<TarEntry>();
        string what = layer.ToString();
        var remainder = new PredictedRewrite(selection.Recurse);
        InflatePoints points = InflatePoints.ForLayer(layer.Layer.Size);
        using ListingWriter? listing = operation.Session.Listings.Begin(layer.Layer, points);
        using LayerReader reader = await LayerReader.OpenAsync(
            store, layer.Layer, layer.Index, operation.Log, compressed =>
                Tap(compressed, listing, spool), LayerHashing.Remainder, cancellationToken).ConfigureAwait(false);
        reader.Points = points;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } entry)
        {
            _budget.Take(entry, what);
            entries.Add(entry);
            listing?.Add(entry);
            await SelectAsync(layer, entry, selected, reader.Live, cancellationToken).ConfigureAwait(false);
            await reader.DecideAsync(entry, remainder.Goes(entry, selected.Contains(entry)), cancellationToken).ConfigureAwait(false);
        }

        ContentDigests rest = await reader.FinishAsync(cancellationToken).ConfigureAwait(false);
        Digest diffId = remainder.IsWhole ? rest.Digest : default;
        // What is odd about its end is found again each time.
        (reader.EndsOddly ? null : listing)?.Complete(reader.CompressedSize, reader.Compression, diffId);
        Descriptor known = layer.Layer with { Size = reader.CompressedSize, SizeIsKnown = true };
        remainder.Complete(rest, reader.DecompressedSize, points);
        return new LayerScan(layer.Index, known, entries, selected, diffId, reader.Compression)
        {
            Remainder = remainder,
            HasContentBehindEnd = reader.HasContentBehindEnd,
        };
    }

    private static Stream Tap(Stream compressed, ListingWriter? listing, SpoolFile? spool)
    {
        Stream hashed = listing?.Tap(compressed) ?? compressed;
        return spool is null ? hashed : new TapStream(hashed, new SpoolWriteStream(spool));
    }

    private async Task SelectAsync(
        ImageLayer layer, TarEntry entry, HashSet<TarEntry> selected, Func<CancellationToken, Task<Stream>> open,
        CancellationToken cancellationToken)
    {
        var file = new ImageFile(operation.Session, layer.Reference, layer.Layers, layer.Index, entry);
        using (file.AttachStream(open))
        {
            if (await selection.TestAsync(file, cancellationToken).ConfigureAwait(false))
            {
                selected.Add(entry);
                _selectedNames[entry.Name] = true;
            }
        }
    }

    // What turns out to be needed after all is fetched again.
    private bool IsLikelyRewritten(LayerScan scan) => scan.Selected.Count > 0
        || scan.Entries.Any(entry => entry.Type == TarEntryType.HardLink && _selectedNames.ContainsKey(TarPath.Clean(entry.LinkTarget)));
}
