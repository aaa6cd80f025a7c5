// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS;

/// <summary>The manifest of a single image.</summary>
/// <remarks>Image specification, "Image Manifest".</remarks>
public sealed class OciManifest
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private string? _rawJson;

    internal OciManifest(ImageReference reference, ImageManifest manifest)
    {
        Reference = reference.ToString();
        Tag = reference.Tag;
        _bytes = manifest.Content.Bytes;
        MediaType = manifest.Content.MediaType;
        Size = manifest.Content.Bytes.Length;
        SchemaVersion = manifest.SchemaVersion;
        Annotations = OciTextMap.From(manifest.Annotations);
        ArtifactType = manifest.ArtifactType;
        Digest = manifest.Content.Digest.ToString();
        Config = OciDescriptor.From(manifest.Schema1 is null ? manifest.Config : null);
        Layers = OciDescriptor.From(manifest.Layers);
        Subject = OciDescriptor.From(manifest.Subject);
    }

    internal OciManifest(SavedObject saved)
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
        Config = saved.Object<OciDescriptor>(nameof(Config));
        Layers = saved.Objects<OciDescriptor>(nameof(Layers));
    }

    /// <summary>The reference of the manifest.</summary>
    public string Reference { get; }

    /// <summary>The tag in the reference, if there is one.</summary>
    public string? Tag { get; }

    /// <summary>The manifest's digest.</summary>
    public string Digest { get; }

    /// <summary>The manifest's media type.</summary>
    public string MediaType { get; }

    /// <summary>The size of the manifest in bytes.</summary>
    public long Size { get; }

    /// <summary>The schema version: 2, or 1 for very old images.</summary>
    public int SchemaVersion { get; }

    /// <summary>The config's descriptor; null for schema 1, which has none.</summary>
    public OciDescriptor? Config { get; }

    /// <summary>The layers' descriptors, base first.</summary>
    public IReadOnlyList<OciDescriptor> Layers { get; }

    /// <summary>Empty: the manifest of a single image lists no others. Indexes have the same property.</summary>
    public IReadOnlyList<OciDescriptor> Manifests { get; } = [];

    /// <summary>The manifest's annotations.</summary>
    public OciTextMap Annotations { get; }

    /// <summary>The subject, if the manifest is a referrer; else null.</summary>
    public OciDescriptor? Subject { get; }

    /// <summary>The artifact type, if the manifest is an artifact's.</summary>
    public string? ArtifactType { get; }

    /// <summary>The exact JSON that the digest covers.</summary>
    public string RawJson => _rawJson ??= Encoding.UTF8.GetString(_bytes.Span);

    /// <summary>The reference.</summary>
    public override string ToString() => Reference;
}
