// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS;

/// <summary>A list of images for several platforms.</summary>
/// <remarks>Image specification, "Image Index".</remarks>
public class OciIndex
{
    private readonly ImageIndex _index;

    internal OciIndex(ImageReference reference, ImageIndex index)
    {
        Reference = reference.ToString();
        Tag = reference.Tag;
        _index = index;
        Digest = index.Content.Digest.ToString();
        Manifests = OciDescriptor.Of(index.Manifests);
        Subject = OciDescriptor.Of(index.Subject);
    }

    /// <summary>The reference that it was read from.</summary>
    public string Reference { get; }

    /// <summary>The tag in the reference, if there is one.</summary>
    public string? Tag { get; }

    /// <summary>The index's digest.</summary>
    public string Digest { get; }

    /// <summary>The index's media type.</summary>
    public string MediaType => _index.Content.MediaType;

    /// <summary>The size of the index in bytes.</summary>
    public long Size => _index.Content.Bytes.Length;

    /// <summary>The version of the index's schema, 2.</summary>
    public int SchemaVersion => _index.SchemaVersion;

    /// <summary>What the index lists.</summary>
    public IReadOnlyList<OciDescriptor> Manifests { get; }

    /// <summary>The index's annotations.</summary>
    public IReadOnlyDictionary<string, string> Annotations => _index.Annotations;

    /// <summary>The manifest that this index refers to, if it is a referrer.</summary>
    public OciDescriptor? Subject { get; }

    /// <summary>The type of artifact, if it is one.</summary>
    public string? ArtifactType => _index.ArtifactType;

    /// <summary>The exact text that the digest covers.</summary>
    public string RawJson => Encoding.UTF8.GetString(_index.Content.Bytes.Span);

    /// <summary>The reference.</summary>
    public override string ToString() => Reference;
}
