// SPDX-License-Identifier: MIT

using OciPS.Manifests;

namespace OciPS;

/// <summary>Identifies content by its media type, digest and size.</summary>
/// <remarks>Image specification, "Content Descriptors".</remarks>
public sealed class OciDescriptor
{
    internal OciDescriptor(Descriptor descriptor)
    {
        Digest = descriptor.Digest.ToString();
        MediaType = descriptor.MediaType;
        Size = descriptor.Size;
        Annotations = OciTextMap.From(descriptor.Annotations);
        Urls = descriptor.Urls;
        Platform = descriptor.Platform is { } platform ? new OciDescriptorPlatform(platform) : null;
        ArtifactType = descriptor.ArtifactType;
    }

    internal OciDescriptor(SavedObject saved)
    {
        Digest = saved.Text(nameof(Digest));
        MediaType = saved.Text(nameof(MediaType));
        Size = saved.Number(nameof(Size));
        Annotations = saved.Map(nameof(Annotations));
        Urls = saved.Texts(nameof(Urls));
        Platform = saved.Object<OciDescriptorPlatform>(nameof(Platform));
        ArtifactType = saved.OptionalText(nameof(ArtifactType));
    }

    /// <summary>The digest of the content: <c>sha256:…</c>.</summary>
    public string Digest { get; }

    /// <summary>The content's media type.</summary>
    public string MediaType { get; }

    /// <summary>The size of the content in bytes; 0 where a schema 1 manifest does not give it.</summary>
    public long Size { get; }

    /// <summary>Annotations; empty if there are none.</summary>
    public OciTextMap Annotations { get; }

    /// <summary>Other addresses of the content; empty if there are none.</summary>
    public IReadOnlyList<string> Urls { get; }

    /// <summary>The platform of the image, in an index.</summary>
    public OciDescriptorPlatform? Platform { get; }

    /// <summary>The type of the artifact that the descriptor points to; null if it is not an artifact.</summary>
    public string? ArtifactType { get; }

    /// <summary>The digest.</summary>
    public override string ToString() => Digest;

    internal static OciDescriptor? From(Descriptor? descriptor) => descriptor is null ? null : new OciDescriptor(descriptor);

    internal static IReadOnlyList<OciDescriptor> From(IEnumerable<Descriptor> descriptors) =>
        descriptors.Select(descriptor => new OciDescriptor(descriptor)).ToArray();
}
