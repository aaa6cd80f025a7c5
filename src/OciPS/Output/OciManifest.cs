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
        Digest = manifest.Content.Digest.ToString();
        Config = OciDescriptor.Of(manifest.Schema1 is null ? manifest.Config : null);
        Layers = OciDescriptor.Of(manifest.Layers);
        Subject = OciDescriptor.Of(manifest.Subject);
    }

    /// <summary>The reference that it was read from.</summary>
    public string Reference { get; }

    /// <summary>The tag in the reference, if there is one.</summary>
    public string? Tag { get; }

    /// <summary>The manifest's digest.</summary>
    public string Digest { get; }

    /// <summary>The manifest's media type.</summary>
    public string MediaType => _manifest.Content.MediaType;

    /// <summary>The size of the manifest in bytes.</summary>
    public long Size => _manifest.Content.Bytes.Length;

    /// <summary>The version of the manifest's schema: 2, or 1 for images of long ago.</summary>
    public int SchemaVersion => _manifest.SchemaVersion;

    /// <summary>What the image's config is; null for schema 1, which has none.</summary>
    public OciDescriptor? Config { get; }

    /// <summary>What the image's layers are, base first.</summary>
    public IReadOnlyList<OciDescriptor> Layers { get; }

    /// <summary>The manifest's annotations.</summary>
    public IReadOnlyDictionary<string, string> Annotations => _manifest.Annotations;

    /// <summary>The manifest that this one refers to, if it is a referrer.</summary>
    public OciDescriptor? Subject { get; }

    /// <summary>The type of artifact, if it is one.</summary>
    public string? ArtifactType => _manifest.ArtifactType;

    /// <summary>The exact text that the digest covers.</summary>
    public string RawJson => Encoding.UTF8.GetString(_manifest.Content.Bytes.Span);

    /// <summary>The reference.</summary>
    public override string ToString() => Reference;
}
