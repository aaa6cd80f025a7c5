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
/// Reads the layers of images once, to list their entries and select among them; a layer shared by several images is read once.
/// </summary>
internal sealed class LayerScanner(IImageStore store, FileSelection selection, OperationContext operation) : IDisposable
{
    private readonly ConcurrentDictionary<string, bool> _selectedNames = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Digest, LayerScan> _scans = [];
    private readonly ConcurrentBag<SpoolFile> _spools = [];
    private readonly EntryBudget _budget = new();
    private long _left;

    /// <summary>Announces the layers to scan, for progress.</summary>
    public void Expect(IEnumerable<Descriptor> layers) => _left = layers.DistinctBy(layer => layer.Digest).Sum(layer => layer.Size);

    /// <summary>
    /// Scans the layers of several images ahead, the largest first: a single image may have too few layers for all cores.
    /// </summary>
    public Task ScanAheadAsync(IReadOnlyList<(ImageReference Reference, ManifestNode Image)> images, CancellationToken cancellationToken)
    {
        if (images.Count < 2 || selection.HasFilter)
        {
            return Task.CompletedTask;
        }

        IEnumerable<Layer> layers = images
            .SelectMany(image => GetLayers(image.Reference, image.Image))
            .Where(layer => IsOrdinary(layer.Descriptor))
            .DistinctBy(layer => layer.Digest)
            .OrderByDescending(layer => layer.Size);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = LayerReader.LayersAtOnce, CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(
            layers, parallel, async (layer, token) => await ScanAsync(layer, isRepeated: false, token).ConfigureAwait(false));
    }

    /// <summary>Scans an image's layers.</summary>
    public async Task<ImageScan> ScanAsync(ImageReference reference, ManifestNode image, CancellationToken cancellationToken)
    {
        await ManifestCheck.ExpectLayersAsync(store, image.Manifest, reference, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<Layer> layers = GetLayers(reference, image);
        var unreadLayers = new UnreadLayers();
        var found = new LayerScan?[layers.Count];
        async ValueTask ScanOneAsync(Layer layer, CancellationToken token)
        {
            bool isRepeated = layers.Take(layer.Index).Any(earlier => earlier.Digest == layer.Digest);
            found[layer.Index] = await TryScanAsync(layer, isRepeated, unreadLayers, token).ConfigureAwait(false);
        }

        // The largest first, so that none of them starts last. A filter needs the layers in order.
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = selection.HasFilter ? 1 : LayerReader.LayersAtOnce,
            CancellationToken = cancellationToken,
        };
        await Parallel.ForEachAsync(
            selection.HasFilter ? layers : [.. layers.OrderByDescending(layer => layer.Size)],
            parallel,
            ScanOneAsync).ConfigureAwait(false);

        unreadLayers.Warn(operation.Log, "not read, and stays as it is");
        LayerScan[] scans = [.. found.OfType<LayerScan>()];
        Descriptor[] unread = [.. image.Manifest.Layers.Where((_, index) => found[index] is null)];
        return new ImageScan(operation.Session, reference, image, scans, unread);
    }

    public void Dispose() => _spools.ToList().ForEach(spool => spool.Dispose());

    // Layers that need a request to know whether they are file systems are not scanned ahead.
    private static bool IsOrdinary(Descriptor layer) =>
        MediaTypes.IsTar(layer.MediaType) && !MediaTypes.IsForeignLayer(layer.MediaType) && layer.Urls.Count == 0;

    private IReadOnlyList<Layer> GetLayers(ImageReference reference, ManifestNode image) =>
        Layer.GetAll(store, reference, image.Manifest.Layers, operation);

    /// <summary>Scans a layer; null if it is not a file system, or is stored elsewhere.</summary>
    private async Task<LayerScan?> TryScanAsync(Layer layer, bool isRepeated, UnreadLayers unread, CancellationToken cancellationToken)
    {
        string mediaType = layer.Descriptor.MediaType;
        if (MediaTypes.IsEncryptedLayer(mediaType))
        {
            throw new InvalidContentException(
                ErrorIds.EncryptedLayer,
                $"{layer.NameInImage} is encrypted ('{mediaType}') and cannot be read, so that its files are not known. "
                    + "Decrypt the image first.");
        }

        if (await layer.WhyNotReadableAsync(cancellationToken).ConfigureAwait(false) is { } why)
        {
            unread.Add(layer, why);
            return null;
        }

        return await ScanAsync(layer, isRepeated, cancellationToken).ConfigureAwait(false);
    }

    private async Task<LayerScan> ScanAsync(Layer layer, bool isRepeated, CancellationToken cancellationToken)
    {
        // A layer that occurs twice in one image has separate entries for each occurrence.
        if (!isRepeated && _scans.TryGetValue(layer.Digest, out LayerScan? known))
        {
            return known with { Layer = layer.WithSize(known.Layer.Size) };
        }

        LayerScan scan = await ReadAsync(layer, cancellationToken).ConfigureAwait(false);
        _scans.TryAdd(layer.Digest, scan);
        return scan;
    }

    private async Task<LayerScan> ReadAsync(Layer layer, CancellationToken cancellationToken)
    {
        operation.Log.Expect(Math.Max(Interlocked.Add(ref _left, -layer.Size), 0));
        // A filter is called once for each entry.
        if (await layer.FindListingAsync(cancellationToken).ConfigureAwait(false) is { } known
            && (known.DiffId != default || !selection.HasFilter))
        {
            LayerScan recalled = await RecallAsync(layer, known, cancellationToken).ConfigureAwait(false);
            // A rewritten layer gets a new diffID anyway.
            if (known.DiffId != default || recalled.Selected.Count > 0)
            {
                layer.ReportCached();
                return recalled;
            }
        }

        // A filter is called once for each entry, so its layers cannot be read again.
        return selection.HasFilter
            ? await ReadOnceAsync(layer, cancellationToken).ConfigureAwait(false)
            : await BlobReader.ReadAgainAsync(token => ReadOnceAsync(layer, token), cancellationToken).ConfigureAwait(false);
    }

    private async Task<LayerScan> ReadOnceAsync(Layer layer, CancellationToken cancellationToken)
    {
        SpoolFile? spool = store.IsLocal ? null : SpoolFile.Create();
        if (spool is not null)
        {
            _spools.Add(spool);
            operation.Log.Verbose($"{layer.Label} ({layer.Digest}, {layer.Size} bytes) is spooled in '{SpoolFile.Folder}'.");
        }

        LayerScan scan = await ReadAsync(layer, spool, cancellationToken).ConfigureAwait(false);
        if (IsLikelyRewritten(scan))
        {
            return scan with { Spool = spool };
        }

        spool?.Dispose();
        return scan with { Remainder = null };
    }

    /// <summary>Uses the cached listing of a layer; reads the layer only for content that the selection needs.</summary>
    private async Task<LayerScan> RecallAsync(Layer layer, LayerListing known, CancellationToken cancellationToken)
    {
        var entries = new List<TarEntry>(known.Count);
        var selected = new HashSet<TarEntry>();
        using LayerEntries recalled = layer.Recall(known);
        while (await recalled.ReadAsync(cancellationToken).ConfigureAwait(false) is { } entry)
        {
            entries.Add(entry);
            await SelectAsync(layer, entry, selected, recalled.Live, cancellationToken).ConfigureAwait(false);
        }

        await recalled.FinishAsync(cancellationToken).ConfigureAwait(false);
        return new LayerScan(layer.WithSize(known.Size), entries, selected, known.DiffId, known.Compression);
    }

    private async Task<LayerScan> ReadAsync(Layer layer, SpoolFile? spool, CancellationToken cancellationToken)
    {
        var entries = new List<TarEntry>();
        var selected = new HashSet<TarEntry>();
        string what = layer.NameInImage;
        var remainder = new PredictedRewrite(selection.Recurse);
        InflatePoints points = InflatePoints.ForLayer(layer.Size);
        using LayerReader reader = await LayerReader.OpenAsync(
            layer,
            LayerHashing.Remainder,
            layer.Listings.Begin(layer.Descriptor, points),
            spool is null ? null : compressed => new TapStream(compressed, new SpoolWriteStream(spool)),
            cancellationToken).ConfigureAwait(false);
        reader.Points = points;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } entry)
        {
            _budget.Take(entry, what);
            entries.Add(entry);
            await SelectAsync(layer, entry, selected, reader.Live, cancellationToken).ConfigureAwait(false);
            await reader.DecideAsync(entry, remainder.Goes(entry, selected.Contains(entry)), cancellationToken).ConfigureAwait(false);
        }

        ContentDigests rest = await reader.FinishAsync(cancellationToken).ConfigureAwait(false);
        Digest diffId = remainder.IsWhole ? rest.Digest : default;
        remainder.Complete(rest, reader.DecompressedSize, points);
        return new LayerScan(layer.WithSize(reader.CompressedSize), entries, selected, diffId, reader.Compression)
        {
            Remainder = remainder,
            HasContentBehindEnd = reader.HasContentBehindEnd,
        };
    }

    private async Task SelectAsync(
        Layer layer, TarEntry entry, HashSet<TarEntry> selected, Func<CancellationToken, Task<Stream>> open,
        CancellationToken cancellationToken)
    {
        var file = new ImageFile(operation.Session, layer.Image, layer.ImageLayers, layer.Index, entry);
        using (file.AttachStream(open))
        {
            if (await selection.TestAsync(file, cancellationToken).ConfigureAwait(false))
            {
                selected.Add(entry);
                _selectedNames[entry.Name] = true;
            }
        }
    }

    // If it is needed after all, it is downloaded again.
    private bool IsLikelyRewritten(LayerScan scan) => scan.Selected.Count > 0
        || scan.Entries.Any(entry => entry.Type == TarEntryType.HardLink && _selectedNames.ContainsKey(TarPath.Clean(entry.LinkTarget)));
}
