// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Stores;
using OciPS.Tar;

namespace OciPS.Operations;

/// <summary>Removes files from an image: scans it, says what would go, and writes the image without them.</summary>
internal sealed class FileRemover : IDisposable
{
    private readonly OpenedImage _image;
    private readonly List<LayerScan> _scans = [];
    private readonly IOperationLog _log;
    private RemovalPlan? _plan;

    private FileRemover(OpenedImage image, IOperationLog log)
    {
        _image = image;
        _log = log;
    }

    /// <summary>What would be done.</summary>
    public RemovalPlan Plan => _plan ?? throw new InvalidOperationException("The image was not scanned.");

    public IReadOnlyList<ImageFile> RemovedFiles => ToFiles(Plan.Removed);

    /// <summary>The image's own digest.</summary>
    public Digest SourceDigest => _image.Manifest.Content.Digest;

    public int LayerCount => _image.Manifest.Layers.Count;

    /// <summary>Reads the image's layers and decides what goes. Takes the image over.</summary>
    public static async Task<FileRemover> ScanAsync(OpenedImage image, FileSelection selection, IOperationLog log, CancellationToken cancellationToken)
    {
        var remover = new FileRemover(image, log);
        try
        {
            await new LayerScanner(image, selection, log).ScanAsync(remover._scans, cancellationToken).ConfigureAwait(false);
            remover._plan = RemovalPlanner.Plan(remover._scans, selection.Recurse);
            return remover;
        }
        catch
        {
            remover.Dispose();
            throw;
        }
    }

    /// <summary>Writes the image without the files; with nothing to remove, as it is.</summary>
    public async Task<RewrittenImage> PublishAsync(ImageReference destination, CancellationToken cancellationToken)
    {
        using IImageStore store = StoreFactory.OpenDestination(destination);
        var copier = new BlobCopier(store, _log);
        RewrittenLayers rewritten = await RewriteLayersAsync(copier, cancellationToken).ConfigureAwait(false);
        await CopyKeptLayersAsync(store, copier, rewritten, cancellationToken).ConfigureAwait(false);
        ManifestContent manifest = await WriteConfigAsync(store, copier, rewritten, cancellationToken).ConfigureAwait(false);
        if (store.PreferredFormat == ManifestFormat.Oci && manifest.MediaType == MediaTypes.DockerManifest)
        {
            _log.Verbose($"'{destination}' gets a Docker manifest, as the source has it; some tools refuse those in a layout.");
        }

        await store.PutManifestAsync(manifest, destination.Tag, cancellationToken).ConfigureAwait(false);
        bool changed = manifest.Digest != SourceDigest;
        return new RewrittenImage(
            new PublishedImage(destination, manifest, changed, copier.BytesTransferred, copier.BytesMounted), _image.Reference)
        {
            RemovedFiles = RemovedFiles,
            PromotedFiles = ToFiles(Plan.Promoted),
            RewrittenLayers = rewritten.Layers.OrderBy(layer => layer.Key).Select(layer => layer.Value).ToArray(),
            KeptLayers = _image.Manifest.Layers.Where((_, index) => !rewritten.Layers.ContainsKey(index)).ToArray(),
        };
    }

    public void Dispose()
    {
        _scans.ForEach(scan => scan.Spool?.Dispose());
        _image.Dispose();
    }

    private sealed record RewrittenLayers(Dictionary<int, Descriptor> Layers, Dictionary<int, Digest> DiffIds);

    private ImageFile[] ToFiles(IReadOnlyList<(int Layer, TarEntry Entry)> entries) =>
        entries.Select(file => new ImageFile(_image.Reference, _image.Manifest.Layers, file.Layer, file.Entry)).ToArray();

    private async Task<RewrittenLayers> RewriteLayersAsync(BlobCopier copier, CancellationToken cancellationToken)
    {
        var rewritten = new RewrittenLayers([], []);
        if (Plan.IsEmpty)
        {
            return rewritten;
        }

        Dictionary<int, LayerSource> sources = _scans.ToDictionary(scan => scan.Index, scan => new LayerSource(_image.Store, scan, _log));
        using PromotionSpool promoted = await PromotionSpool.FetchAsync(Plan, sources, cancellationToken).ConfigureAwait(false);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Plan.Edits, parallel, async (layer, token) =>
        {
            var rewriter = new LayerRewriter(sources[layer.Key], promoted.ToPatches(layer.Value));
            WrittenBlob written = await copier.WriteAsync(rewriter.ToBlob(), $"Rewritten layer {layer.Key}", token).ConfigureAwait(false);
            lock (rewritten)
            {
                rewritten.Layers[layer.Key] = _image.Manifest.Layers[layer.Key] with { Digest = written.Digest, Size = written.Size };
                rewritten.DiffIds[layer.Key] = rewriter.DiffId;
            }
        }).ConfigureAwait(false);
        return rewritten;
    }

    private async Task CopyKeptLayersAsync(IImageStore store, BlobCopier copier, RewrittenLayers rewritten, CancellationToken cancellationToken)
    {
        if (store.Repository.SameRepository(_image.Store.Repository))
        {
            return;
        }

        IEnumerable<Descriptor> kept = _image.Manifest.Layers
            .Where((layer, index) => !rewritten.Layers.ContainsKey(index) && !MediaTypes.IsForeignLayer(layer.MediaType))
            .DistinctBy(layer => layer.Digest);
        await copier.CopyAllAsync(_image.Store, kept, "Layer", cancellationToken).ConfigureAwait(false);
    }

    private async Task<ManifestContent> WriteConfigAsync(IImageStore store, BlobCopier copier, RewrittenLayers rewritten, CancellationToken cancellationToken)
    {
        Descriptor config = _image.Manifest.Config;
        string what = $"The config of '{_image.Reference}'";
        ReadOnlyMemory<byte> bytes = default;
        if (rewritten.Layers.Count > 0)
        {
            ImageConfig original = await _image.Store.ReadConfigAsync(config, what, cancellationToken).ConfigureAwait(false);
            bytes = ConfigEditor.SetDiffIds(original.Bytes, DiffIds(original, rewritten, what), what);
            bytes = ConfigEditor.PadHistory(bytes, LayerCount, what);
            config = config with { Digest = Digest.OfBytes(bytes.Span), Size = bytes.Length };
            await copier.WriteAsync(bytes, config, "The config", cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await copier.CopyAsync(_image.Store, config, "The config", cancellationToken).ConfigureAwait(false);
        }

        if (_image.Store.Repository.Transport == Transport.DockerArchive)
        {
            return ConvertTo(store.PreferredFormat, config, rewritten);
        }

        return rewritten.Layers.Count == 0
            ? _image.Manifest.Content
            : ManifestEditor.Replace(_image.Manifest, config, rewritten.Layers, $"The manifest of '{_image.Reference}'");
    }

    // A docker-archive has no manifest of its own to keep: the new one is as its destination wants it.
    private ManifestContent ConvertTo(ManifestFormat format, Descriptor config, RewrittenLayers rewritten) => ManifestEditor.Create(
        format,
        config with { MediaType = MediaTypes.Config(format) },
        _image.Manifest.Layers.Select((layer, index) => rewritten.Layers.GetValueOrDefault(index, layer) with
        {
            MediaType = MediaTypes.Layer(format, _scans.First(scan => scan.Index == index).Compression),
        }));

    /// <summary>Every layer's diffID: of the new layers, and of the others as their scan found it.</summary>
    private Digest[] DiffIds(ImageConfig config, RewrittenLayers rewritten, string what)
    {
        IReadOnlyList<string> stated = config.DiffIds ?? throw new InvalidContentException(
            ErrorIds.InvalidConfig, $"{what} has no 'rootfs', so it is not the config of an image whose layers can be rewritten.");
        var diffIds = new Digest[LayerCount];
        for (int index = 0; index < diffIds.Length; index++)
        {
            LayerScan? scan = _scans.Find(scan => scan.Index == index);
            string? old = stated.Count == LayerCount ? stated[index] : null;
            diffIds[index] = rewritten.DiffIds.TryGetValue(index, out Digest changed) ? changed
                : scan is not null ? scan.DiffId
                : Digest.TryParse(old, out Digest unread) ? unread
                : throw new InvalidContentException(ErrorIds.InvalidConfig, $"{what} has no diffID for layer {index}, which cannot be read here.");
            if (scan is not null && old is not null && old != scan.DiffId.ToString())
            {
                _log.Warning($"{what} has the diffID {old} for layer {index}, whose content has {scan.DiffId}; the new config is right.");
            }
        }

        return diffIds;
    }
}
