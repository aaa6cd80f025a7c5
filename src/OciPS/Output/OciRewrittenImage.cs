// SPDX-License-Identifier: MIT

using OciPS.Removal;

namespace OciPS;

/// <summary>An image from which files were removed.</summary>
public sealed class OciRewrittenImage : OciPublishedImage
{
    internal OciRewrittenImage(RewrittenImage image)
        : base(image.Published)
    {
        Source = image.Source.ToString();
        RemovedFiles = image.RemovedFiles.Select(file => new OciImageFile(file)).ToArray();
        PromotedFiles = image.PromotedFiles.Select(file => new OciImageFile(file)).ToArray();
        RewrittenLayers = OciDescriptor.From(image.RewrittenLayers);
        KeptLayers = OciDescriptor.From(image.KeptLayers);
        UnreadLayers = OciDescriptor.From(image.UnreadLayers);
        Platform = image.Platform?.ToString();
        Images = image.Images.Select(one => new OciRewrittenImage(one)).ToArray();
    }

    internal OciRewrittenImage(SavedObject saved)
        : base(saved)
    {
        Source = saved.Text(nameof(Source));
        RemovedFiles = saved.Objects<OciImageFile>(nameof(RemovedFiles));
        PromotedFiles = saved.Objects<OciImageFile>(nameof(PromotedFiles));
        RewrittenLayers = saved.Objects<OciDescriptor>(nameof(RewrittenLayers));
        KeptLayers = saved.Objects<OciDescriptor>(nameof(KeptLayers));
        UnreadLayers = saved.Objects<OciDescriptor>(nameof(UnreadLayers));
        Platform = saved.OptionalText(nameof(Platform));
        Images = saved.Objects<OciRewrittenImage>(nameof(Images));
    }

    /// <summary>The reference of the source image.</summary>
    public string Source { get; }

    /// <summary>The removed entries, as in the source.</summary>
    public IReadOnlyList<OciImageFile> RemovedFiles { get; }

    /// <summary>Hard links to removed files, which received the content.</summary>
    public IReadOnlyList<OciImageFile> PromotedFiles { get; }

    /// <summary>The rewritten layers.</summary>
    public IReadOnlyList<OciDescriptor> RewrittenLayers { get; }

    /// <summary>The unchanged layers.</summary>
    public IReadOnlyList<OciDescriptor> KeptLayers { get; }

    /// <summary>The unchanged layers that were not read: foreign layers, and content that is not a file system.</summary>
    public IReadOnlyList<OciDescriptor> UnreadLayers { get; }

    /// <summary>The platform, for an image of an index.</summary>
    public string? Platform { get; }

    /// <summary>The result for each image of an index; empty for a single image.</summary>
    public IReadOnlyList<OciRewrittenImage> Images { get; }
}
