// SPDX-License-Identifier: MIT

using OciPS.Copying;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Removal;

/// <summary>Reports the result for each image, and the total.</summary>
internal static class RemovalReport
{
    /// <param name="tree">The source.</param>
    /// <param name="images">The images that were processed.</param>
    /// <param name="unread">Layers that the index lists as entries of their own; they were not read.</param>
    /// <param name="rewrites">The new layers.</param>
    /// <param name="written">The manifests that were written.</param>
    /// <param name="published">The published image or index.</param>
    public static RewrittenImage Create(
        ImageTree tree,
        IReadOnlyList<PlannedRemoval> images,
        IReadOnlyList<Descriptor> unread,
        RewriteSet rewrites,
        IReadOnlyDictionary<ImageNode, ManifestContent> written,
        PublishedImage published)
    {
        RewrittenImage[] each = images.Select(image => Describe(image, rewrites, written[image.Node], published)).ToArray();
        return new RewrittenImage(published, tree.Reference)
        {
            RemovedFiles = each.SelectMany(image => image.RemovedFiles).ToArray(),
            PromotedFiles = each.SelectMany(image => image.PromotedFiles).ToArray(),
            RewrittenLayers = Together(each, image => image.RewrittenLayers),
            KeptLayers = Together(each, image => image.KeptLayers),
            UnreadLayers = [.. Together(each, image => image.UnreadLayers), .. unread],
            Images = tree.Root is IndexNode ? each : [],
        };
    }

    private static RewrittenImage Describe(PlannedRemoval image, RewriteSet rewrites, ManifestContent written, PublishedImage published)
    {
        IReadOnlyDictionary<int, Descriptor> layers = ImageRewriter.GetLayers(image.Node.Manifest, rewrites.For(image));
        ImageReference reference = published.Reference with { Digest = written.Digest };
        return new RewrittenImage(new PublishedImage(reference, written, written.Digest != image.Node.Digest, 0, 0), image.Reference)
        {
            RemovedFiles = image.RemovedFiles,
            PromotedFiles = image.PromotedFiles,
            RewrittenLayers = layers.OrderBy(layer => layer.Key).Select(layer => layer.Value).ToArray(),
            KeptLayers = image.Scan.SizedLayers.Where((_, index) => !layers.ContainsKey(index)).ToArray(),
            UnreadLayers = image.Scan.Unread,
            Platform = image.Node.Entry.Platform,
        };
    }

    // In an index, a layer that several images share counts once.
    private static Descriptor[] Together(RewrittenImage[] images, Func<RewrittenImage, IEnumerable<Descriptor>> getLayers) =>
        images.Length == 1
        ? getLayers(images[0]).ToArray()
        : images.SelectMany(getLayers).DistinctBy(layer => layer.Digest).ToArray();
}
