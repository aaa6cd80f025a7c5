// SPDX-License-Identifier: MIT

using OciPS.Copying;
using OciPS.Files;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Removal;

/// <summary>An image, or an index of images, out of which files were removed.</summary>
internal sealed record RewrittenImage(PublishedImage Published, ImageReference Source)
{
    public required IReadOnlyList<ImageFile> RemovedFiles { get; init; }

    public required IReadOnlyList<ImageFile> PromotedFiles { get; init; }

    /// <summary>The new layers.</summary>
    public required IReadOnlyList<Descriptor> RewrittenLayers { get; init; }

    /// <summary>The layers that are as they were.</summary>
    public required IReadOnlyList<Descriptor> KeptLayers { get; init; }

    /// <summary>Those of them that were not read.</summary>
    public required IReadOnlyList<Descriptor> UnreadLayers { get; init; }

    /// <summary>What the index says that it runs on, for an image of an index.</summary>
    public Platform? Platform { get; init; }

    /// <summary>What became of each image of an index; empty for a single image.</summary>
    public IReadOnlyList<RewrittenImage> Images { get; init; } = [];
}
