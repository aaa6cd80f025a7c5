// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.Manifests.Json;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Copying;

/// <summary>
/// Writes the manifests and indexes of a tree, whose blobs are at the destination: images before the indexes that list them, the tag last.
/// </summary>
/// <param name="tree">The source.</param>
/// <param name="kept">The nodes to write; others are left out.</param>
/// <param name="destination">The destination.</param>
/// <param name="options">The changes to manifests.</param>
/// <param name="operation">Receives diagnostics.</param>
internal sealed class ImageGraphWriter(
    ImageTree tree, IReadOnlySet<ImageNode> kept, IImageStore destination, WriteOptions options, OperationContext operation)
{
    private const int ParallelWrites = 4;

    private readonly ManifestFormat? _format = FormatRule.Choose(tree, kept, destination, options.Format, operation);
    private readonly ImageNode _root = FindRoot(tree, kept, destination);
    private readonly ConcurrentDictionary<ImageNode, ManifestContent> _written = new(ReferenceEqualityComparer.Instance);
    private int _changes;

    /// <summary>Why the written manifest differs from the source's.</summary>
    public ManifestChange Changes => (ManifestChange)_changes;

    /// <summary>The written manifest of each node.</summary>
    public IReadOnlyDictionary<ImageNode, ManifestContent> Written => _written;

    /// <summary>Writes all but the outermost manifest or index, and returns that.</summary>
    /// <param name="rewrite">Makes the new manifest of an image.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<ManifestContent> PrepareAsync(
        Func<ManifestNode, CancellationToken, Task<ManifestContent>> rewrite, CancellationToken cancellationToken)
    {
        ExpectNoConversion();
        ManifestContent root = await PrepareAsync(_root, rewrite, cancellationToken).ConfigureAwait(false);
        if (options.Mode == ManifestMode.NormaliseToMultiArch && _root is ManifestNode image && destination.KeepsManifests)
        {
            await destination.PutChildAsync(root, cancellationToken).ConfigureAwait(false);
            Platform? platform = await PlatformReader.ReadAsync(tree.Store, tree.Reference, image, cancellationToken).ConfigureAwait(false);
            ManifestContent index = ManifestNormaliser.ToIndex(root, platform);
            Note(ManifestChange.Normalised, root, index);
            root = ManifestEditor.Annotate(index, ManifestJson.NoAnnotations, options.Annotations, $"The index of '{tree.Reference}'");
        }

        bool hasDockerManifest = _written.Values.Append(root)
            .Any(content => MediaTypes.GetFormat(content.MediaType) == ManifestFormat.Docker);
        if (destination.PreferredFormat == ManifestFormat.Oci && hasDockerManifest)
        {
            string why = options.Format is null ? "as the source has it" : "as was asked for";
            operation.Log.Verbose(
                $"'{destination.Repository.Name}' gets a Docker manifest, {why}; some tools refuse those there.", Remedy.ConvertToOci);
        }

        return root;
    }

    /// <summary>Points the destination's tag to the prepared manifest.</summary>
    public async Task<PublishedImage> PublishAsync(
        ImageReference reference, ManifestContent root, BlobCopier copier, CancellationToken cancellationToken)
    {
        ManifestContent named = ExpectedDigest.Check(reference, root, tree, Changes);
        await new ReferrerCopier(
            tree, destination, copier, operation).WarnAboutStaleAsync(_written, cancellationToken).ConfigureAwait(false);
        PublishedImage published = await DestinationTag.PutAsync(
            destination,
            reference,
            named,
            (copier.BytesTransferred, copier.BytesMounted),
            operation,
            cancellationToken).ConfigureAwait(false);
        return tree.Store.KeepsManifests ? published with { Changed = root.Digest != tree.Content.Digest } : published;
    }

    /// <summary>Keeps an image's manifest unchanged.</summary>
    public static Task<ManifestContent> AsItIs(ManifestNode node, CancellationToken cancellationToken) =>
        Task.FromResult(node.Manifest.Content);

    /// <summary>A store without manifests cannot hold an index: the only selected image of the index is written there.</summary>
    private static ImageNode FindRoot(ImageTree tree, IReadOnlySet<ImageNode> kept, IImageStore destination)
    {
        if (destination.KeepsManifests || tree.Root is not IndexNode)
        {
            return tree.Root;
        }

        if (kept.OfType<MissingNode>().Any())
        {
            throw new InvalidInputException(
                ErrorIds.InvalidDestination,
                $"'{destination.Repository}' has no place for an index, and only an index can be copied without images that it lists.")
            {
                Remedy = Remedy.SelectOnePlatformInsteadOfSparse,
            };
        }

        ManifestNode[] images = tree.Images.Where(kept.Contains).ToArray();
        return images.Length == 1
            ? images[0]
            : throw new InvalidInputException(
                ErrorIds.InvalidDestination, $"'{destination.Repository}' takes one image, and '{tree.Reference}' has {images.Length}.")
            {
                Remedy = Remedy.SelectOnePlatform,
            };
    }

    /// <summary>Missing images cannot be converted, and an index has one family of media types.</summary>
    private void ExpectNoConversion()
    {
        if (_format is { } format && kept.OfType<MissingNode>().FirstOrDefault(
            node => MediaTypes.Convert(node.Entry.MediaType, format) != node.Entry.MediaType) is { } missing)
        {
            throw new InvalidInputException(
                ErrorIds.ConflictingParameters,
                $"'{tree.Reference}' lists {missing.Entry.DisplayName()}, which is not there and so cannot be converted to "
                    + $"{format}'s media types.")
            {
                Remedy = Remedy.LeaveFormatOrSparseOut,
            };
        }
    }

    private async Task<ManifestContent> PrepareAsync(
        ImageNode node, Func<ManifestNode, CancellationToken, Task<ManifestContent>> rewrite, CancellationToken cancellationToken)
    {
        ManifestContent content = node switch
        {
            ManifestNode { IsAttestation: true } attestation => attestation.Manifest.Content,
            ManifestNode image => Annotate(
                Convert(
                    Note(ManifestChange.Rewritten, image.Manifest.Content, await rewrite(image, cancellationToken).ConfigureAwait(false))),
                image.Manifest.Annotations),
            IndexNode index =>
                Annotate(await PrepareIndexAsync(index, rewrite, cancellationToken).ConfigureAwait(false), index.Index.Annotations),
            MissingNode missing => throw missing.Error,
            _ => throw new InvalidOperationException("A node of an unknown kind."),
        };
        _written[node] = content;
        return content;
    }

    private ManifestContent Convert(ManifestContent content)
    {
        string what = $"The manifest of '{tree.Reference}'";
        return _format is { } format
            ? Note(ManifestChange.Converted, content, FormatConverter.Convert(ImageManifest.Parse(content, what), format, what))
            : content;
    }

    private ManifestContent Annotate(ManifestContent content, IReadOnlyDictionary<string, string> before) =>
        Note(
            ManifestChange.Annotated,
            content,
            ManifestEditor.Annotate(content, before, options.Annotations, $"The manifest of '{tree.Reference}'"));

    private ManifestContent Note(ManifestChange change, ManifestContent before, ManifestContent after)
    {
        _ = before.Digest == after.Digest ? 0 : Interlocked.Or(ref _changes, (int)change);
        return after;
    }

    private async Task<ManifestContent> PrepareIndexAsync(
        IndexNode node, Func<ManifestNode, CancellationToken, Task<ManifestContent>> rewrite, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelWrites, CancellationToken = cancellationToken };
        IEnumerable<ImageNode> images = node.Children.Where(
            child => kept.Contains(child) && child is not (OpaqueNode or MissingNode) && !child.Entry.IsAttestation());
        await Parallel.ForEachAsync(images, parallel, async (child, token) =>
            await destination.PutChildAsync(
                await PrepareAsync(child, rewrite, token).ConfigureAwait(false), token).ConfigureAwait(false)).ConfigureAwait(false);

        var changes = new IndexEditor.Change[node.Children.Count];
        for (int i = 0; i < changes.Length; i++)
        {
            changes[i] = await GetChangeAsync(node, node.Children[i], cancellationToken).ConfigureAwait(false);
        }

        _ = changes.Contains(default) ? Interlocked.Or(ref _changes, (int)ManifestChange.Chosen) : 0;
        string mediaType = _format is { } format ? MediaTypes.Index(format) : node.Index.Content.MediaType;
        return IndexEditor.Replace(node.Index, changes, mediaType, $"The index {node.Digest} of '{tree.Reference}'");
    }

    private async Task<IndexEditor.Change> GetChangeAsync(IndexNode index, ImageNode child, CancellationToken cancellationToken)
    {
        if (!kept.Contains(child))
        {
            return default;
        }

        if (child is MissingNode)
        {
            return new IndexEditor.Change(child.Entry);
        }

        if (!child.Entry.IsAttestation())
        {
            return new IndexEditor.Change(child is OpaqueNode ? child.Entry : GetTarget(child));
        }

        Digest? described = child.Entry.DescribedDigest();
        ImageNode? image = described is null
            ? null
            : index.Children.FirstOrDefault(other => other.Digest == described && _written.ContainsKey(other));
        bool isChanged = image is not null && _written[image].Digest != image.Digest;
        if (isChanged && options.Attestations == AttestationRule.Drop)
        {
            operation.Log.Warning(
                $"An attestation ({child.Digest}) of {image!.Entry.DisplayName()} in '{tree.Reference}' is left out: "
                    + "the image changed, and what it says is no longer true.",
                Remedy.KeepAttestation);
            return default;
        }

        if (isChanged)
        {
            operation.Log.Warning(
                $"An attestation ({child.Digest}) of {image!.Entry.DisplayName()} in '{tree.Reference}' is listed for the changed image "
                    + "now; inside it still names the old one.");
        }

        Digest? describedNow = isChanged ? _written[image!].Digest : null;
        if (child is OpaqueNode)
        {
            return new IndexEditor.Change(child.Entry, describedNow);
        }

        await destination.PutChildAsync(
            await PrepareAsync(child, AsItIs, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return new IndexEditor.Change(GetTarget(child), describedNow);
    }

    // An unchanged child keeps its entry, whatever media type the entry has.
    private Descriptor GetTarget(ImageNode child) => _written[child].Digest == child.Digest ? child.Entry : _written[child].Descriptor;
}
