// SPDX-License-Identifier: MIT

using OciPS.Copying;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Merging;

/// <summary>Merges several images into one index; an index among them contributes its images.</summary>
/// <param name="trees">The images, in order.</param>
/// <param name="options">The options.</param>
/// <param name="operation">Receives diagnostics.</param>
internal sealed class ImageMerger(IReadOnlyList<ImageTree> trees, MergeOptions options, OperationContext operation)
{
    private List<MergedEntry> _entries = [];
    private ManifestFormat _format;

    /// <summary>The number of entries in the index.</summary>
    public int Count => _entries.Count;

    /// <summary>Determines the platforms of the images, and checks that they can be merged.</summary>
    /// <exception cref="InvalidInputException">Two images have the same platform, or the formats differ.</exception>
    public async Task InspectAsync(CancellationToken cancellationToken)
    {
        foreach (ImageTree tree in trees)
        {
            WarnAboutLeftOut(tree);
            IReadOnlySet<ImageNode> all = await PlatformSelection.All.SelectAsync(tree, operation, cancellationToken).ConfigureAwait(false);
            foreach (ManifestNode node in all.OfType<ManifestNode>()
                .Where(node => _entries.TrueForAll(entry => entry.Node.Digest != node.Digest)))
            {
                await ManifestCheck.ExpectLayersAsync(tree.Store, node.Manifest, tree.Reference, cancellationToken).ConfigureAwait(false);
                Platform? platform = node.IsAttestation
                    ? node.Entry.Platform
                    : await PlatformReader.ReadAsync(tree.Store, tree.Reference, node, cancellationToken).ConfigureAwait(false);
                _entries.Add(new MergedEntry(tree, node, platform));
            }
        }

        _entries = [.. _entries.OrderBy(entry => entry.Node.IsAttestation)];
        _format = ChooseFormat();
        if (options.Format is { } asked)
        {
            trees.ToList().ForEach(tree => FormatRule.EnsurePossible(tree, tree.Root.All, asked));
        }

        if (!options.AllowSamePlatform)
        {
            CheckPlatforms();
        }
    }

    /// <summary>The digest of the new index.</summary>
    /// <exception cref="InvalidContentException">It differs from the digest in the destination.</exception>
    public async Task<Digest> PredictAsync(ImageReference destination, CancellationToken cancellationToken)
    {
        using IImageStore store = DigestForecast.Open(destination, operation.Session);
        ManifestContent index = await PrepareAsync(
            store, destination, operation.Session.BeginQuietly(), (_, _) => Task.CompletedTask, cancellationToken).ConfigureAwait(false);
        return index.Digest;
    }

    /// <summary>
    /// Copies the images to the destination and writes the index there, under all its tags; the caller completes the store.
    /// </summary>
    public async Task<IReadOnlyList<PublishedImage>> PublishAsync(
        IImageStore store, IReadOnlyList<ImageReference> destinations, CancellationToken cancellationToken)
    {
        var copier = new BlobCopier(store, operation);
        ManifestContent index = await PrepareAsync(
            store,
            destinations[0],
            operation,
            (tree, nodes) => copier.CopyAllAsync(tree.Store, ImageCopier.GetBlobs(nodes), "Blob", cancellationToken),
            cancellationToken).ConfigureAwait(false);
        return await DestinationTag.PutAsync(store, destinations, index, copier, operation, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ManifestContent> PrepareAsync(
        IImageStore store,
        ImageReference destination,
        OperationContext told,
        Func<ImageTree, IReadOnlySet<ImageNode>, Task> copyAsync,
        CancellationToken cancellationToken)
    {
        var written = new Dictionary<Digest, ManifestContent>();
        foreach (ImageTree tree in trees)
        {
            IReadOnlySet<ImageNode> all = tree.Root.All.Where(node => node is not OpaqueNode).ToHashSet();
            await copyAsync(tree, all).ConfigureAwait(false);
            var writer = new ImageGraphWriter(
                tree, all, store, new WriteOptions { Format = GetFormat(tree), Attestations = AttestationRule.Follow }, told);
            ManifestContent root = await writer.PrepareAsync(ImageGraphWriter.AsItIs, cancellationToken).ConfigureAwait(false);
            if (tree.Root is ManifestNode)
            {
                await store.PutChildAsync(root, cancellationToken).ConfigureAwait(false);
            }

            foreach ((ImageNode node, ManifestContent content) in writer.Written)
            {
                written[node.Digest] = content;
            }
        }

        ManifestContent index = IndexEditor.Create(_format, _entries.Select(entry => entry.ToListed(written)));
        return ExpectedDigest.Check(destination, index, "that is what an index of these images is");
    }

    private void WarnAboutLeftOut(ImageTree tree)
    {
        foreach (OpaqueNode node in tree.Root.All.OfType<OpaqueNode>())
        {
            operation.Log.Warning(
                $"'{tree.Reference}' lists {node.Digest} of the type '{node.Entry.MediaType}', which is no image: the new index does not "
                    + "list it.");
        }
    }

    /// <summary>A source without manifests gets a new one in the format of the index.</summary>
    private ManifestFormat? GetFormat(ImageTree tree) => options.Format ?? (tree.Store.KeepsManifests ? null : _format);

    private ManifestFormat ChooseFormat()
    {
        if (options.Format is { } asked)
        {
            return asked;
        }

        IGrouping<ManifestFormat, MergedEntry>[] formats = _entries.Where(
            entry => entry.Node is { HasFileSystem: true, IsAttestation: false })
            .GroupBy(entry => MediaTypes.GetFormat(entry.Node.Manifest.Content.MediaType)).ToArray();
        return formats.Length < 2
            ? formats.FirstOrDefault()?.Key ?? ManifestFormat.Oci
            : throw new InvalidInputException(
                ErrorIds.MixedFormats,
                $"'{formats[0].First().Name}' has {formats[0].Key} media types and '{formats[1].First().Name}' {formats[1].Key}'s; one "
                    + "index should not have both.")
            {
                Remedy = Remedy.ConvertFormat,
            };
    }

    private void CheckPlatforms()
    {
        IGrouping<string, MergedEntry>? same = _entries.Where(entry => !entry.Node.IsAttestation && entry.Platform is not null)
            .GroupBy(entry => entry.PlatformKey).FirstOrDefault(group => group.Count() > 1);
        if (same is not null)
        {
            throw new InvalidInputException(
                ErrorIds.SamePlatform,
                $"'{same.First().Name}' and '{same.ElementAt(1).Name}' are both for {same.First().Platform}, and a pull gets only one of "
                    + "them.")
            {
                Remedy = Remedy.AllowSamePlatform,
            };
        }
    }
}
