// SPDX-License-Identifier: MIT

using OciPS.Copying;
using OciPS.Files;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Removal;

/// <summary>An image or an index from which files were removed.</summary>
internal sealed record RewrittenImage(PublishedImage Published, ImageReference Source)
{
    public required IReadOnlyList<ImageFile> RemovedFiles { get; init; }

    public required IReadOnlyList<ImageFile> PromotedFiles { get; init; }

    /// <summary>The new layers.</summary>
    public required IReadOnlyList<Descriptor> RewrittenLayers { get; init; }

    /// <summary>The unchanged layers.</summary>
    public required IReadOnlyList<Descriptor> KeptLayers { get; init; }

    /// <summary>The unchanged layers that were not read.</summary>
    public required IReadOnlyList<Descriptor> UnreadLayers { get; init; }

    /// <summary>The platform that the index lists; null for a single image.</summary>
    public Platform? Platform { get; init; }

    /// <summary>The result for each image of an index; empty for a single image.</summary>
    public IReadOnlyList<RewrittenImage> Images { get; init; } = [];
}
