// SPDX-License-Identifier: MIT

using OciPS.Copying;
using OciPS.Images;
using OciPS.Layers;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Repair;

/// <summary>
/// Repairs configs that registries and Docker refuse: adds missing history entries, and corrects diffIDs. Converts schema 1 images, which
/// have no config, to schema 2.
/// </summary>
internal sealed class ImageRepairer(ImageTree tree, OperationContext operation)
{
    private static readonly WriteOptions s_options = new() { Attestations = AttestationRule.Follow };

    private readonly Dictionary<(Digest Layer, DigestAlgorithm Algorithm), Digest> _diffIds = [];
    private readonly List<string> _changes = [];
    private readonly Dictionary<Digest, ReadOnlyMemory<byte>> _repaired = [];

    /// <summary>Whether any config has to change.</summary>
    public bool IsNeeded => _repaired.Count > 0 || tree.Images.Any(image => image.Manifest.Schema1 is not null);

    /// <summary>Descriptions of the changes; available after <see cref="InspectAsync"/>.</summary>
    public IEnumerable<string> Changes =>
        [.. _changes, .. tree.Images.Where(
            image => image.Manifest.Schema1 is not null).Select(image => $"{GetName(image)}it becomes an image of schema 2")];

    /// <summary>Whether diffIDs are missing that can only be computed from the layers.</summary>
    public bool LeavesDiffIds { get; private set; }

    /// <summary>Inspects all images.</summary>
    /// <param name="deep">Whether to compute the diffIDs from the layers.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task InspectAsync(bool deep, CancellationToken cancellationToken)
    {
        foreach (ManifestNode image in tree.Images.Where(image => image.HasFileSystem && image.Manifest.Schema1 is null))
        {
            ImageManifest manifest = image.Manifest;
            await ManifestCheck.ExpectLayersAsync(tree.Store, manifest, tree.Reference, cancellationToken).ConfigureAwait(false);
            string what = $"The config {manifest.Config.Digest} of '{tree.Reference}'";
            if (await tree.Store.TryReadConfigAsync(manifest, what, cancellationToken).ConfigureAwait(false) is not { } config)
            {
                operation.Log.Verbose($"{what} is not that of an image: its type is '{manifest.Config.MediaType}'.");
                continue;
            }

            ReadOnlyMemory<byte> withDiffIds = await RepairDiffIdsAsync(
                manifest, config, deep, what, cancellationToken).ConfigureAwait(false);
            ReadOnlyMemory<byte> bytes = ConfigHistory.Fit(withDiffIds, manifest.Layers.Count, what);
            if (!bytes.Span.SequenceEqual(config.Bytes.Span))
            {
                Describe(image, config, !withDiffIds.Span.SequenceEqual(config.Bytes.Span));
                operation.Log.Verbose(
                    $"{what} has {config.NonEmptyHistoryCount} history entries and {config.DiffIds?.Count ?? 0} diffIDs for "
                        + $"{manifest.Layers.Count} layers.");
                _repaired[image.Digest] = bytes;
            }
        }
    }

    /// <inheritdoc cref="DigestForecast.FindAsync"/>
    public async Task<Digest?> PredictAsync(ImageReference destination, CancellationToken cancellationToken)
    {
        IReadOnlySet<ImageNode> all = await PlatformSelection.All.SelectAsync(tree, operation, cancellationToken).ConfigureAwait(false);
        return await DigestForecast.FindAsync(
            tree,
            all,
            destination,
            s_options,
            operation.Session,
            (image, token) => IsRepaired(image) ? Task.FromResult(WithConfig(image, out _)) : ImageGraphWriter.AsItIs(image, token),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the repaired images, and copies the others.</summary>
    public Task<PublishedImage> PublishAsync(ImageReference destination, CancellationToken cancellationToken) =>
        DestinationWrite.RunAsync(destination, operation, store => PublishAsync(store, destination, cancellationToken), cancellationToken);

    /// <summary>Writes into a store that the caller completes.</summary>
    public async Task<PublishedImage> PublishAsync(IImageStore store, ImageReference destination, CancellationToken cancellationToken)
    {
        var copier = new BlobCopier(store, operation);
        IReadOnlySet<ImageNode> all = await PlatformSelection.All.SelectAsync(tree, operation, cancellationToken).ConfigureAwait(false);
        var writer = new ImageGraphWriter(tree, all, store, s_options, operation);
        await copier.CopyAllAsync(tree.Store, KeptBlobs(all), "Blob", cancellationToken).ConfigureAwait(false);
        await new OpaqueEntries(tree.Store, store, copier).CopyAsync(all, cancellationToken).ConfigureAwait(false);

        var schema1 = new Schema1Converter(tree, store, copier);
        ManifestContent root = await writer.PrepareAsync(
            (image, token) => IsRepaired(image)
                ? WriteAsync(image, copier, token)
                : schema1.ConvertAsync(image, token), cancellationToken).ConfigureAwait(false);
        return await writer.PublishAsync(destination, root, copier, cancellationToken).ConfigureAwait(false);
    }

    private void Describe(ManifestNode image, ImageConfig config, bool hasNewDiffIds)
    {
        if (hasNewDiffIds)
        {
            _changes.Add($"{GetName(image)}it gets the diffIDs of its layers");
        }

        int layers = image.Manifest.Layers.Count;
        if (config.NonEmptyHistoryCount != layers)
        {
            _changes.Add(
                $"{GetName(image)}its history gets {layers} entries that stand for a layer, in place of {config.NonEmptyHistoryCount}");
        }
    }

    /// <summary>The name of an image in an index, as a prefix; empty for a single image.</summary>
    private string GetName(ManifestNode image) => tree.Root is IndexNode ? $"{image.Entry.DisplayName()}: " : string.Empty;

    /// <summary>All blobs except the replaced configs.</summary>
    private IEnumerable<Descriptor> KeptBlobs(IReadOnlySet<ImageNode> nodes)
    {
        HashSet<Digest> replaced = nodes.OfType<ManifestNode>().Where(IsRepaired).Select(node => node.Manifest.Config.Digest).ToHashSet();
        replaced.ExceptWith(nodes.OfType<ManifestNode>().Where(node => !IsRepaired(node)).Select(node => node.Manifest.Config.Digest));
        return ImageCopier.GetBlobs(nodes).Where(blob => !replaced.Contains(blob.Digest));
    }

    private bool IsRepaired(ManifestNode image) => _repaired.ContainsKey(image.Digest);

    private async Task<ManifestContent> WriteAsync(ManifestNode image, BlobCopier copier, CancellationToken cancellationToken)
    {
        ManifestContent manifest = WithConfig(image, out Descriptor config);
        await copier.WriteAsync(_repaired[image.Digest], config, "The config", cancellationToken).ConfigureAwait(false);
        return manifest;
    }

    private ManifestContent WithConfig(ManifestNode image, out Descriptor config)
    {
        ReadOnlyMemory<byte> bytes = _repaired[image.Digest];
        config = image.Manifest.Config with { Digest = Digest.FromBytes(bytes.Span), Size = bytes.Length };
        return ManifestEditor.Replace(image.Manifest, config, new Dictionary<int, Descriptor>(), $"The manifest of '{tree.Reference}'");
    }

    private async Task<ReadOnlyMemory<byte>> RepairDiffIdsAsync(
        ImageManifest manifest, ImageConfig config, bool deep, string what, CancellationToken cancellationToken)
    {
        if (!deep)
        {
            if (config.DiffIds?.Count != manifest.Layers.Count)
            {
                LeavesDiffIds = true;
                operation.Log.Warning(
                    $"{what} has {config.DiffIds?.Count ?? 0} diffIDs for {manifest.Layers.Count} layers.", Remedy.ComputeDiffIds);
            }

            return config.Bytes;
        }

        var actual = new Digest[manifest.Layers.Count];
        foreach (Layer layer in Layer.GetAll(tree.Store, tree.Reference, manifest.Layers, operation))
        {
            string? stated = config.DiffIds?.Count == actual.Length ? config.DiffIds[layer.Index] : null;
            actual[layer.Index] = await DiffIdAsync(layer, stated, what, cancellationToken).ConfigureAwait(false);
        }

        bool isRight = config.DiffIds is { } diffIds && diffIds.SequenceEqual(actual.Select(diffId => diffId.ToString()));
        return isRight ? config.Bytes : ConfigEditor.RepairDiffIds(config.Bytes, actual, what);
    }

    private async Task<Digest> DiffIdAsync(Layer layer, string? stated, string what, CancellationToken cancellationToken)
    {
        LayerHashing hashing = LayerHashing.ForDiffId(stated);
        if (_diffIds.TryGetValue((layer.Digest, hashing.Algorithm), out Digest known))
        {
            return known;
        }

        if (await layer.WhyNotReadableAsync(cancellationToken).ConfigureAwait(false) is { } why)
        {
            return Digest.TryParse(stated, out Digest unread) ? unread : throw new InvalidContentException(
                ErrorIds.InvalidConfig, $"{what} has no diffID for layer {layer.Index}, which cannot be read here: {why}.");
        }

        return _diffIds[(layer.Digest, hashing.Algorithm)] = await BlobReader.ReadAgainAsync(
            token => layer.ReadDiffIdAsync(hashing, token), cancellationToken).ConfigureAwait(false);
    }
}
