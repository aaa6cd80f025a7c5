// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;

namespace OciPS.Images;

/// <summary>Selects the images of an index for a write.</summary>
/// <param name="Patterns">The platforms; none for all.</param>
/// <param name="Filter">A predicate for each image of an index; null for none. It is not applied to a single image.</param>
internal sealed record PlatformSelection(
    IReadOnlyList<PlatformPattern> Patterns, Func<ImageReference, Platform, CancellationToken, ValueTask<bool>>? Filter)
{
    public static PlatformSelection All { get; } = new([], null);

    /// <summary>Whether an index may list missing images; they stay listed.</summary>
    public bool KeepsMissing { get; init; }

    public bool IsAll => Patterns.Count == 0 && Filter is null;

    /// <summary>The nodes of a tree to keep: the selected images, their attestations, and the indexes that list them.</summary>
    /// <exception cref="ContentNotFoundException">No image is selected, or a selected one is missing.</exception>
    public async Task<IReadOnlySet<ImageNode>> SelectAsync(ImageTree tree, OperationContext operation, CancellationToken cancellationToken)
    {
        HashSet<ImageNode> kept = IsAll
            ? [.. tree.Root.All]
            : [.. await ChooseAsync(tree, operation, cancellationToken).ConfigureAwait(false)];
        if (!IsAll)
        {
            KeepDescriptions(tree.Root, kept);
            foreach (OpaqueNode left in tree.Root.All.OfType<OpaqueNode>().Where(node => !kept.Contains(node)))
            {
                operation.Log.Verbose(
                    $"'{tree.Reference}' lists {left.Digest} of the type '{left.Entry.MediaType}', which is not an image for a platform: "
                        + "it is left out.");
            }
        }

        bool isSparse = KeepsMissing && kept.Any(node => node is ManifestNode { IsAttestation: false });
        return !isSparse && kept.OfType<MissingNode>().FirstOrDefault() is { } missing ? throw missing.Error : kept;
    }

    /// <summary>An error that lists the available platforms.</summary>
    public static ContentNotFoundException NotFound(ImageReference reference, string asked, IEnumerable<Platform?> there)
    {
        string[] names = there.Select(platform => platform?.ToString() is { Length: > 0 } name ? name : "one of no platform").Distinct()
            .ToArray();
        return new ContentNotFoundException(
            ErrorIds.PlatformNotFound,
            $"'{reference}' has no image {asked}. It has: {(names.Length == 0 ? "none" : string.Join(", ", names))}.");
    }

    private async Task<IEnumerable<ImageNode>> ChooseAsync(ImageTree tree, OperationContext operation, CancellationToken cancellationToken)
    {
        IReadOnlyList<(ImageNode Image, Platform? Platform)> images =
            await PlatformReader.ReadAllAsync(tree, cancellationToken).ConfigureAwait(false);
        ImageNode[] artifacts = [.. images.Where(image => IsArtifact(image.Image, image.Platform)).Select(image => image.Image)];
        images = [.. images.Where(image => !artifacts.Contains(image.Image))];
        var chosen = new List<ImageNode>();
        foreach ((ImageNode image, Platform? platform) in FitPatterns(tree, images, operation))
        {
            if (Filter is null || tree.Root is not IndexNode
                || await Filter(
                    tree.Reference with { Digest = image.Digest },
                    platform ?? new Platform("", ""),
                    cancellationToken).ConfigureAwait(false))
            {
                chosen.Add(image);
            }
        }

        bool isAny = chosen.Count > 0 || (images.Count == 0 && artifacts.Length > 0);
        return isAny ? chosen.Concat(artifacts) : throw NotFound(tree.Reference, Describe(), images.Select(image => image.Platform));
    }

    // An artifact has no platform, so no platform pattern excludes it, single or in an index.
    private static bool IsArtifact(ImageNode node, Platform? platform) =>
        node is ManifestNode artifact && !MediaTypes.IsImageConfig(artifact.Manifest.Config.MediaType)
        && platform is null or { OS: "", Architecture: "" };

    private IReadOnlyList<(ImageNode Image, Platform? Platform)> FitPatterns(
        ImageTree tree, IReadOnlyList<(ImageNode Image, Platform? Platform)> images, OperationContext operation)
    {
        if (Patterns.Count == 0)
        {
            return images;
        }

        var fitting = new HashSet<ImageNode>();
        var without = new List<PlatformPattern>();
        foreach (PlatformPattern pattern in Patterns)
        {
            IReadOnlyList<(ImageNode Image, Platform? Platform)> found = pattern.Select(images, image => image.Platform);
            fitting.UnionWith(found.Select(image => image.Image));
            if (found.Count == 0 && !pattern.HasWildcards)
            {
                without.Add(pattern);
            }
        }

        if (fitting.Count > 0)
        {
            without.ForEach(pattern => operation.Log.Warning($"'{tree.Reference}' has no image for {pattern}; the others are used."));
        }

        return images.Where(image => fitting.Contains(image.Image)).ToArray();
    }

    private string Describe() => Filter is null ? $"for {string.Join(", ", Patterns)}" : "that the platform filter lets through";

    /// <summary>Adds the attestations of kept images, and the indexes with kept entries.</summary>
    private static bool KeepDescriptions(ImageNode node, HashSet<ImageNode> kept)
    {
        if (node is not IndexNode index)
        {
            return kept.Contains(node);
        }

        bool any = false;
        foreach (ImageNode child in index.Children)
        {
            any |= KeepDescriptions(child, kept);
        }

        HashSet<Digest> images = index.Children.Where(kept.Contains).Select(child => child.Digest).ToHashSet();
        kept.UnionWith(index.Children.Where(child => child.Entry.DescribedDigest() is { } described && images.Contains(described)));
        if (any)
        {
            kept.Add(node);
        }

        return any;
    }
}
