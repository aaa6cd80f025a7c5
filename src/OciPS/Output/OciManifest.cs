// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS;

/// <summary>The manifest of a single image.</summary>
/// <remarks>Image specification, "Image Manifest".</remarks>
public sealed class OciManifest
{
    private readonly ImageManifest _manifest;

    internal OciManifest(ImageReference reference, ImageManifest manifest)
    {
        Reference = reference.ToString();
        Tag = reference.Tag;
        _manifest = manifest;
    }

    /// <summary>The reference that it was read from.</summary>
    public string Reference { get; }

    /// <summary>The tag in the reference, if there is one.</summary>
    public string? Tag { get; }

    /// <summary>The manifest's digest.</summary>
    public Digest Digest => _manifest.Content.Digest;

    /// <summary>The manifest's media type.</summary>
    public string MediaType => _manifest.Content.MediaType;

    /// <summary>The size of the manifest in bytes.</summary>
    public long Size => _manifest.Content.Bytes.Length;

    /// <summary>The version of the manifest's schema: 2, or 1 for images of long ago.</summary>
    public int SchemaVersion => _manifest.SchemaVersion;

    /// <summary>What the image's config is; null for schema 1, which has none.</summary>
    public Descriptor? Config => _manifest.Schema1 is null ? _manifest.Config : null;

    /// <summary>What the image's layers are, base first.</summary>
    public IReadOnlyList<Descriptor> Layers => _manifest.Layers;

    /// <summary>The manifest's annotations.</summary>
    public IReadOnlyDictionary<string, string> Annotations => _manifest.Annotations;

    /// <summary>The manifest that this one refers to, if it is a referrer.</summary>
    public Descriptor? Subject => _manifest.Subject;

    /// <summary>The type of artifact, if it is one.</summary>
    public string? ArtifactType => _manifest.ArtifactType;

    /// <summary>The exact text that the digest covers.</summary>
    public string RawJson => Encoding.UTF8.GetString(_manifest.Content.Bytes.Span);

    /// <summary>The reference.</summary>
    public override string ToString() => Reference;
}
