// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Operations;

/// <summary>An image out of which files were removed.</summary>
internal sealed record RewrittenImage(PublishedImage Published, ImageReference Source)
{
    public required IReadOnlyList<ImageFile> RemovedFiles { get; init; }

    public required IReadOnlyList<ImageFile> PromotedFiles { get; init; }

    /// <summary>The new layers.</summary>
    public required IReadOnlyList<Descriptor> RewrittenLayers { get; init; }

    /// <summary>The layers that are as they were.</summary>
    public required IReadOnlyList<Descriptor> KeptLayers { get; init; }
}
