// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Images;

/// <summary>A manifest or an index that was read, in its place below what a reference points to.</summary>
/// <param name="entry">How what is above it lists it.</param>
internal abstract class ImageNode(Descriptor entry)
{
    /// <summary>How what is above it lists it; of the outermost one, its own descriptor.</summary>
    public Descriptor Entry { get; } = entry;

    public Digest Digest => Entry.Digest;

    /// <summary>It and all that is below it, each before what is in it.</summary>
    public virtual IEnumerable<ImageNode> All => [this];
}

/// <summary>An index, with what it lists.</summary>
internal sealed class IndexNode(Descriptor entry, ImageIndex index, IReadOnlyList<ImageNode> children) : ImageNode(entry)
{
    public ImageIndex Index { get; } = index;

    /// <summary>One for each entry of the index, in their order.</summary>
    public IReadOnlyList<ImageNode> Children { get; } = children;

    public override IEnumerable<ImageNode> All => Children.SelectMany(child => child.All).Prepend(this);
}

/// <summary>A single image, an artifact or an attestation.</summary>
internal sealed class ManifestNode(Descriptor entry, ImageManifest manifest) : ImageNode(entry)
{
    public ImageManifest Manifest { get; } = manifest;

    /// <summary>Whether it speaks of another image, and is none itself.</summary>
    public bool IsAttestation => Entry.IsAttestation();

    /// <inheritdoc cref="ImageManifest.HasFileSystem"/>
    public bool HasFileSystem => Manifest.HasFileSystem;
}

/// <summary>An entry of a type that is not known here: no image for readers, and not fetched; a copy takes it along as it is.</summary>
internal sealed class OpaqueNode(Descriptor entry) : ImageNode(entry);

/// <summary>An entry whose manifest is not there: an error only where it is needed.</summary>
internal sealed class MissingNode(Descriptor entry, ContentNotFoundException error) : ImageNode(entry)
{
    public ContentNotFoundException Error { get; } = error;
}
