// SPDX-License-Identifier: MIT

using OciPS.Copying;
using OciPS.Files;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Removal;

/// <summary>Removes files from an image, or from all images of an index: scans, plans, and writes the result.</summary>
internal sealed class FileRemover : IDisposable
{
    private readonly ImageTree _tree;
    private readonly IReadOnlySet<ImageNode> _kept;
    private readonly LayerScanner _scanner;
    private readonly List<PlannedRemoval> _images = [];
    private readonly OperationContext _operation;

    private FileRemover(ImageTree tree, IReadOnlySet<ImageNode> kept, FileSelection selection, OperationContext operation)
    {
        _tree = tree;
        _kept = kept;
        _operation = operation;
        _scanner = new LayerScanner(tree.Store, selection, operation);
    }

    /// <summary>The plan for each image.</summary>
    public IReadOnlyList<PlannedRemoval> Images => _images;

    /// <summary>The digest of the source.</summary>
    public Digest SourceDigest => _tree.Content.Digest;

    /// <summary>Whether nothing is to be removed.</summary>
    public bool IsEmpty => _images.TrueForAll(image => image.Plan.IsEmpty);

    /// <summary>The images of an index that are not selected, and are not written.</summary>
    public IEnumerable<ImageNode> Unchosen =>
        _tree.Root.All.Where(node => node is not IndexNode && !node.Entry.IsAttestation() && !_kept.Contains(node));

    /// <summary>The attestations of changed images, which no longer describe them.</summary>
    public IEnumerable<ImageNode> StaleAttestations
    {
        get
        {
            HashSet<Digest> changed = Changed;
            return _kept.Where(
                node => node.Entry.IsAttestation() && node.Entry.DescribedDigest() is { } described && changed.Contains(described));
        }
    }

    private HashSet<Digest> Changed =>
        _images.Where(image => !image.Plan.IsEmpty || image.Node.Manifest.Schema1 is not null).Select(image => image.Node.Digest)
            .ToHashSet();

    /// <summary>Reads the layers of the images and decides what is removed. Do not dispose the tree before this object.</summary>
    public static async Task<FileRemover> ScanAsync(
        ImageTree tree, IReadOnlySet<ImageNode> kept, FileSelection selection, OperationContext operation,
        CancellationToken cancellationToken)
    {
        var remover = new FileRemover(tree, kept, selection, operation);
        try
        {
            (ImageReference Reference, ManifestNode Image)[] images =
                [.. tree.Images.Where(kept.Contains).Select(
                    image => (image == tree.Root ? tree.Reference : tree.Reference with { Digest = image.Digest }, image))];
            remover.WarnAboutUnread();
            remover._scanner.Expect(images.SelectMany(image => image.Image.Manifest.Layers));
            await remover._scanner.ScanAheadAsync(images, cancellationToken).ConfigureAwait(false);
            foreach ((ImageReference reference, ManifestNode image) in images)
            {
                ImageScan scan = await remover._scanner.ScanAsync(reference, image, cancellationToken).ConfigureAwait(false);
                var planned = new PlannedRemoval(scan, RemovalPlanner.Plan(scan.Layers, selection.Recurse));
                await remover.EnsureIsImageAsync(planned, cancellationToken).ConfigureAwait(false);
                remover._images.Add(planned);
            }

            remover.EnsureNoEntryKeepsALayer();
            return remover;
        }
        catch
        {
            remover.Dispose();
            throw;
        }
    }

    /// <summary>The digest that the destination's tag will have; null if a layer is rewritten, since it is not known before.</summary>
    public Task<Digest?> PredictAsync(ImageReference destination, WriteOptions options, CancellationToken cancellationToken) => IsEmpty
        ? DigestForecast.FindAsync(
            _tree, _kept, destination, options, _operation.Session, ImageGraphWriter.AsItIs, cancellationToken)
        : Task.FromResult<Digest?>(null);

    /// <summary>Writes the result; the unchanged image if nothing is removed.</summary>
    public Task<RewrittenImage> PublishAsync(ImageReference destination, WriteOptions options, CancellationToken cancellationToken) =>
        DestinationWrite.RunAsync(
            destination, _operation, store => PublishAsync(store, destination, options, cancellationToken), cancellationToken);

    /// <summary>Writes into a store that the caller completes.</summary>
    public async Task<RewrittenImage> PublishAsync(
        IImageStore store, ImageReference destination, WriteOptions options, CancellationToken cancellationToken)
    {
        var copier = new BlobCopier(store, _operation);
        var writer = new ImageGraphWriter(_tree, _kept, store, options, _operation);
        RewriteSet rewrites = await RewriteSet.RunAsync(
            _images, _tree.Store, copier, options.Recompress, _operation, cancellationToken).ConfigureAwait(false);
        await copier.CopyAllAsync(_tree.Store, KeptBlobs(options), "Blob", cancellationToken).ConfigureAwait(false);
        await new OpaqueEntries(_tree.Store, store, copier)
            .CopyAsync(_kept.Except(Dropped(options)), cancellationToken).ConfigureAwait(false);

        var rewriter = new ImageRewriter(_tree.Store, store, copier, _operation);
        ManifestContent root = await writer.PrepareAsync(
            (node, token) => Find(node) is { } image
                ? rewriter.WriteAsync(image.Scan, rewrites.For(image), token)
                : ImageGraphWriter.AsItIs(node, token), cancellationToken).ConfigureAwait(false);
        PublishedImage published = await writer.PublishAsync(destination, root, copier, cancellationToken).ConfigureAwait(false);
        return RemovalReport.Create(
            _tree, _images, [.. ListedUnknown.Where(entry => MediaTypes.IsTar(entry.MediaType))], rewrites, writer.Written, published);
    }

    public void Dispose() => _scanner.Dispose();

    private IEnumerable<Descriptor> ListedUnknown => _kept.OfType<OpaqueNode>().Select(node => node.Entry);

    /// <summary>Some indexes list layers as entries of their own: removed files would remain in such a layer.</summary>
    private void EnsureNoEntryKeepsALayer()
    {
        HashSet<Digest> changing = _images.SelectMany(
            image => image.Plan.Decisions.Keys.Select(index => image.Node.Manifest.Layers[index].Digest)).ToHashSet();
        if (ListedUnknown.FirstOrDefault(entry => changing.Contains(entry.Digest)) is { } entry)
        {
            throw new InvalidContentException(
                ErrorIds.UnsupportedImage,
                $"'{_tree.Reference}' lists the layer {entry.Digest} as an entry of its own, so that the files would stay in it. Nothing "
                    + "was written. Choose the images to keep by their platform: such entries are left out then.");
        }
    }

    private void WarnAboutUnread()
    {
        Descriptor[] unread = [.. ListedUnknown];
        if (unread.Length > 0)
        {
            _operation.Log.Warning(
                $"'{_tree.Reference}' lists entries that are not images and are not searched: "
                    + $"{string.Join(", ", unread.Select(entry => $"{entry.Digest} ({entry.MediaType})"))}. It stays as it is.");
        }
    }

    private HashSet<ImageNode> Dropped(WriteOptions options) =>
        options.Attestations == AttestationRule.Drop ? StaleAttestations.ToHashSet() : [];

    /// <summary>Refuses to change artifacts: only for images is it known which other data describes the layers.</summary>
    private async Task EnsureIsImageAsync(PlannedRemoval image, CancellationToken cancellationToken)
    {
        ImageManifest manifest = image.Node.Manifest;
        bool saysSo = manifest.Schema1 is not null || MediaTypes.IsImageConfig(manifest.Config.MediaType);
        if (!image.Plan.IsEmpty && !saysSo && await _tree.Store.TryReadConfigAsync(
            manifest, $"The config of '{image.Reference}'", cancellationToken).ConfigureAwait(false) is null)
        {
            throw new InvalidContentException(
                ErrorIds.UnsupportedImage,
                $"'{image.Reference}' has files that are to be removed ('{image.Plan.Removed[0].Entry.Name}' in layer "
                    + $"{image.Plan.Removed[0].Layer}), and cannot be rewritten: "
                + $"it is no container image, but an artifact, whose config ('{manifest.Config.MediaType}') has no 'rootfs'. Nothing was "
                    + "written. Build it again without those files.");
        }
    }

    private PlannedRemoval? Find(ManifestNode node) => _images.Find(image => image.Node == node);

    /// <summary>The blobs to copy unchanged: kept layers, configs of unchanged images, and blobs of artifacts and attestations.</summary>
    private IEnumerable<Descriptor> KeptBlobs(WriteOptions options)
    {
        HashSet<ImageNode> dropped = Dropped(options);
        HashSet<Digest> elsewhere = _images.SelectMany(image => image.Scan.Unread)
            .Where(layer => layer.Urls.Count > 0 || MediaTypes.IsForeignLayer(layer.MediaType)).Select(layer => layer.Digest).ToHashSet();
        return _kept.OfType<ManifestNode>().Where(node => !dropped.Contains(node)).SelectMany(node =>
        {
            PlannedRemoval? planned = Find(node);
            IEnumerable<Descriptor> layers = planned is not null
                ? planned.Scan.SizedLayers.Where((_, index) => !planned.Plan.Decisions.ContainsKey(index))
                : node.Manifest.Layers;
            layers = layers.Where(layer => !elsewhere.Contains(layer.Digest));
            bool hasNewConfig = planned is { Plan.IsEmpty: false } || node.Manifest.Schema1 is not null;
            return hasNewConfig ? layers : layers.Append(node.Manifest.Config);
        }).DistinctBy(blob => blob.Digest);
    }
}
