// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Merging;

/// <summary>An image that goes into an index with others.</summary>
internal sealed record MergedEntry(ImageTree Tree, ManifestNode Node, Platform? Platform)
{
    /// <summary>The image as people tell it apart.</summary>
    public ImageReference Name => Node == Tree.Root ? Tree.Reference : Tree.Reference with { Digest = Node.Digest };

    /// <summary>All that tells platforms apart, in whatever spelling: features too.</summary>
    public string PlatformKey =>
        $"{(Platform is null ? null : PlatformNames.Normalise(Platform))} {string.Join(',', Platform?.OSFeatures ?? [])} "
            + $"{string.Join(',', Platform?.Features ?? [])}";

    /// <summary>How the index lists it.</summary>
    /// <param name="written">What each manifest became at the destination.</param>
    public (Descriptor Image, Platform? Platform) ToListed(IReadOnlyDictionary<Digest, ManifestContent> written)
    {
        IReadOnlyDictionary<string, string> annotations = Node.Entry.Annotations;
        if (Node.Entry.DescribedDigest() is { } described && written.TryGetValue(described, out ManifestContent? image))
        {
            annotations = new Dictionary<string, string>(annotations, StringComparer.Ordinal)
            {
                [Attestation.DescribedDigestKey] = image.Digest.ToString(),
            };
        }

        return (written[Node.Digest].Descriptor with { Annotations = annotations, ArtifactType = Node.Entry.ArtifactType }, Platform);
    }
}
