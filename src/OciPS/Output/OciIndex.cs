// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS;

/// <summary>A list of images for several platforms.</summary>
/// <remarks>Image specification, "Image Index".</remarks>
public class OciIndex
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private string? _rawJson;

    internal OciIndex(ImageReference reference, ImageIndex index)
    {
        Reference = reference.ToString();
        Tag = reference.Tag;
        _bytes = index.Content.Bytes;
        MediaType = index.Content.MediaType;
        Size = index.Content.Bytes.Length;
        SchemaVersion = index.SchemaVersion;
        Annotations = OciTextMap.From(index.Annotations);
        ArtifactType = index.ArtifactType;
        Digest = index.Content.Digest.ToString();
        Manifests = OciDescriptor.From(index.Manifests);
        Subject = OciDescriptor.From(index.Subject);
    }

    internal OciIndex(SavedObject saved)
    {
        Reference = saved.Text(nameof(Reference));
        Tag = saved.OptionalText(nameof(Tag));
        Digest = saved.Text(nameof(Digest));
        MediaType = saved.Text(nameof(MediaType));
        Size = saved.Number(nameof(Size));
        SchemaVersion = (int)saved.Number(nameof(SchemaVersion));
        Annotations = saved.Map(nameof(Annotations));
        Subject = saved.Object<OciDescriptor>(nameof(Subject));
        ArtifactType = saved.OptionalText(nameof(ArtifactType));
        _rawJson = saved.Text(nameof(RawJson));
        Manifests = saved.Objects<OciDescriptor>(nameof(Manifests));
    }

    /// <summary>The reference of the index.</summary>
    public string Reference { get; }

    /// <summary>The tag in the reference, if there is one.</summary>
    public string? Tag { get; }

    /// <summary>The index's digest.</summary>
    public string Digest { get; }

    /// <summary>The index's media type.</summary>
    public string MediaType { get; }

    /// <summary>The size of the index in bytes.</summary>
    public long Size { get; }

    /// <summary>The version of the index's schema, 2.</summary>
    public int SchemaVersion { get; }

    /// <summary>Null: an index has no config. Manifests have the same property.</summary>
    public OciDescriptor? Config { get; }

    /// <summary>Empty: an index has no layers. Manifests have the same property.</summary>
    public IReadOnlyList<OciDescriptor> Layers { get; } = [];

    /// <summary>The entries of the index.</summary>
    public IReadOnlyList<OciDescriptor> Manifests { get; }

    /// <summary>The index's annotations.</summary>
    public OciTextMap Annotations { get; }

    /// <summary>The subject, if the index is a referrer; else null.</summary>
    public OciDescriptor? Subject { get; }

    /// <summary>The artifact type, if the index is an artifact's.</summary>
    public string? ArtifactType { get; }

    /// <summary>The exact JSON that the digest covers.</summary>
    public string RawJson => _rawJson ??= Encoding.UTF8.GetString(_bytes.Span);

    /// <summary>The reference.</summary>
    public override string ToString() => Reference;
}
