// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Merging;

/// <summary>An image to merge into an index.</summary>
internal sealed record MergedEntry(ImageTree Tree, ManifestNode Node, Platform? Platform)
{
    /// <summary>The reference that identifies the image to users.</summary>
    public ImageReference Name => Node == Tree.Root ? Tree.Reference : Tree.Reference with { Digest = Node.Digest };

    /// <summary>A normalised key for comparing platforms, features included.</summary>
    public string PlatformKey =>
        $"{(Platform is null ? null : PlatformNames.Normalise(Platform))} {string.Join(',', Platform?.OSFeatures ?? [])} "
            + $"{string.Join(',', Platform?.Features ?? [])}";

    /// <summary>The entry in the index.</summary>
    /// <param name="written">The written manifests at the destination, by source digest.</param>
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
