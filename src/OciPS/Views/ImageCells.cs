// SPDX-License-Identifier: MIT

using System.ComponentModel;
using System.Management.Automation;

namespace OciPS.Views;

/// <summary>Cells of the views of images that were written, of platforms and of sources; see <see cref="TextCells"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ImageCells
{
    /// <summary>The number of bytes sent.</summary>
    public static string Sent(PSObject item) => DisplayText.Size(new SavedObject(item).Number(nameof(OciPublishedImage.BytesTransferred)));

    /// <summary>The number of bytes mounted.</summary>
    public static string Mounted(PSObject item) => DisplayText.Size(new SavedObject(item).Number(nameof(OciPublishedImage.BytesMounted)));

    /// <summary>The number of removed files.</summary>
    public static int RemovedCount(PSObject item) => Count(item, nameof(OciRewrittenImage.RemovedFiles));

    /// <summary>The number of rewritten layers.</summary>
    public static int RewrittenCount(PSObject item) => Count(item, nameof(OciRewrittenImage.RewrittenLayers));

    /// <summary>The number of unchanged layers.</summary>
    public static int KeptCount(PSObject item) => Count(item, nameof(OciRewrittenImage.KeptLayers));

    /// <summary>The end of the reference of a copied image.</summary>
    public static string? PublishedReferenceTail(PSObject item) => ConsoleWidth.CutInFront(TextCells.Reference(item), used: 56);

    /// <summary>The end of the reference of a rewritten image.</summary>
    public static string? RewrittenReferenceTail(PSObject item) => ConsoleWidth.CutInFront(TextCells.Reference(item), used: 61);

    /// <summary>The end of the reference of a platform's image.</summary>
    public static string? PlatformReferenceTail(PSObject item) => ConsoleWidth.CutInFront(TextCells.ShortReference(item), used: 47);

    /// <summary>The end of a source's reference.</summary>
    public static string? SourceReferenceTail(PSObject item) => ConsoleWidth.CutInFront(TextCells.Reference(item), used: 41, columns: 2);

    /// <summary>The end of the path of a source's manifest list.</summary>
    public static string? ManifestListTail(PSObject item) => ConsoleWidth.CutInFront(TextCells.ManifestList(item), used: 41, columns: 2);

    /// <summary>The removed files.</summary>
    public static string? RemovedFiles(PSObject item) => Files(item, nameof(OciRewrittenImage.RemovedFiles));

    /// <summary>The hard links that received content.</summary>
    public static string? PromotedFiles(PSObject item) => Files(item, nameof(OciRewrittenImage.PromotedFiles));

    /// <summary>The rewritten layers.</summary>
    public static string? RewrittenLayers(PSObject item) =>
        TextCells.Lines(ManifestCells.DescriptorLines(item, nameof(OciRewrittenImage.RewrittenLayers)));

    /// <summary>The unchanged layers.</summary>
    public static string? KeptLayers(PSObject item) =>
        TextCells.Lines(ManifestCells.DescriptorLines(item, nameof(OciRewrittenImage.KeptLayers)));

    /// <summary>The result for each image of an index.</summary>
    public static string? Images(PSObject item) => TextCells.Lines(new SavedObject(item).Parts(nameof(OciRewrittenImage.Images))
        .Select(image => $"{image.Text(nameof(OciRewrittenImage.Platform))} {image.Text(nameof(OciRewrittenImage.Digest))}"));

    private static int Count(PSObject item, string property) => new SavedObject(item).Parts(property).Count();

    private static string? Files(PSObject item, string property) => TextCells.Lines(new SavedObject(item).Parts(property)
        .Select(file => $"{file.Text(nameof(OciImageFile.FullName))} ({DisplayText.Size(file.Number(nameof(OciImageFile.Size)))})"));
}
