// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS;

/// <summary>The platform of an image.</summary>
/// <remarks>Image specification, "Image Index", property <c>platform</c>, and "Image Configuration", which takes precedence.</remarks>
public sealed class OciPlatform
{
    internal OciPlatform(ImageReference reference, Platform platform)
    {
        Reference = reference.ToString();
        Tag = reference.Tag;
        OS = platform.OS;
        Architecture = platform.Architecture;
        Variant = platform.Variant;
        OSVersion = platform.OSVersion;
        OSFeatures = platform.OSFeatures;
        Features = platform.Features;
    }

    internal OciPlatform(SavedObject saved)
    {
        Reference = saved.Text(nameof(Reference));
        Tag = saved.OptionalText(nameof(Tag));
        OS = saved.Text(nameof(OS));
        Architecture = saved.Text(nameof(Architecture));
        Variant = saved.OptionalText(nameof(Variant));
        OSVersion = saved.OptionalText(nameof(OSVersion));
        OSFeatures = saved.Texts(nameof(OSFeatures));
        Features = saved.Texts(nameof(Features));
    }

    /// <summary>The digest reference of the image.</summary>
    public string Reference { get; }

    /// <summary>The tag in the reference, if there is one.</summary>
    public string? Tag { get; }

    /// <summary>The operating system, <c>linux</c> for example; empty if the entry is not an image.</summary>
    public string OS { get; }

    /// <summary>The processor architecture in Go's spelling, <c>amd64</c> for example; empty if the entry is not an image.</summary>
    public string Architecture { get; }

    /// <summary>The variant of the architecture, <c>v8</c> for example.</summary>
    public string? Variant { get; }

    /// <summary>The operating system's version; Windows images have one.</summary>
    public string? OSVersion { get; }

    /// <summary>Features of the operating system that the image needs.</summary>
    public IReadOnlyList<string> OSFeatures { get; }

    /// <summary>Features of the processor that the image needs (Docker's manifest lists).</summary>
    public IReadOnlyList<string> Features { get; }

    /// <summary>The platform as <c>os/architecture/variant</c>, followed by <c>:version</c> if there is one.</summary>
    public override string ToString() => Format(OS, Architecture, Variant, OSVersion);

    internal static string Format(string os, string architecture, string? variant, string? version) =>
        new Platform(os, architecture) { Variant = variant, OSVersion = version }.ToString();
}
