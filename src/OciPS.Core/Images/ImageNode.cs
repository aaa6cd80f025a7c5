// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Images;

/// <summary>A manifest or an index, as a node of the tree below a reference.</summary>
/// <param name="entry">Its descriptor in its parent.</param>
internal abstract class ImageNode(Descriptor entry)
{
    /// <summary>Its descriptor in its parent; for the root, its own descriptor.</summary>
    public Descriptor Entry { get; } = entry;

    public Digest Digest => Entry.Digest;

    /// <summary>The node and its descendants, parents first.</summary>
    public virtual IEnumerable<ImageNode> All => [this];
}

/// <summary>An index and its entries.</summary>
internal sealed class IndexNode(Descriptor entry, ImageIndex index, IReadOnlyList<ImageNode> children) : ImageNode(entry)
{
    public ImageIndex Index { get; } = index;

    /// <summary>One child for each entry of the index, in order.</summary>
    public IReadOnlyList<ImageNode> Children { get; } = children;

    public override IEnumerable<ImageNode> All => Children.SelectMany(child => child.All).Prepend(this);
}

/// <summary>A single image, an artifact or an attestation.</summary>
internal sealed class ManifestNode(Descriptor entry, ImageManifest manifest) : ImageNode(entry)
{
    public ImageManifest Manifest { get; } = manifest;

    /// <summary>Whether it is an attestation about another image, not an image.</summary>
    public bool IsAttestation => Entry.IsAttestation();

    /// <inheritdoc cref="ImageManifest.HasFileSystem"/>
    public bool HasFileSystem => Manifest.HasFileSystem;
}

/// <summary>An entry of an unknown type: ignored by readers, not fetched; copied unchanged.</summary>
internal sealed class OpaqueNode(Descriptor entry) : ImageNode(entry);

/// <summary>An entry whose manifest is missing: an error only if it is needed.</summary>
internal sealed class MissingNode(Descriptor entry, ContentNotFoundException error) : ImageNode(entry)
{
    public ContentNotFoundException Error { get; } = error;
}
