// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS;

/// <summary>What an image runs on.</summary>
/// <remarks>Image specification, "Image Index", property <c>platform</c>, and "Image Configuration", whose values come first.</remarks>
public sealed class OciPlatform
{
    private readonly Platform _platform;

    internal OciPlatform(ImageReference reference, Platform platform)
    {
        Reference = reference.ToString();
        Tag = reference.Tag;
        _platform = platform;
    }

    /// <summary>The image's reference, by digest.</summary>
    public string Reference { get; }

    /// <summary>The tag in the reference, if there is one.</summary>
    public string? Tag { get; }

    /// <summary>The operating system, <c>linux</c> for instance; empty for what is no image.</summary>
    public string OS => _platform.OS;

    /// <summary>The processor architecture in Go's spelling, <c>amd64</c> for instance; empty for what is no image.</summary>
    public string Architecture => _platform.Architecture;

    /// <summary>The variant of the architecture, <c>v8</c> for instance.</summary>
    public string? Variant => _platform.Variant;

    /// <summary>The operating system's version; Windows images have one.</summary>
    public string? OSVersion => _platform.OSVersion;

    /// <summary>Features of the operating system that the image needs.</summary>
    public IReadOnlyList<string> OSFeatures => _platform.OSFeatures;

    /// <summary>Features of the processor that the image needs (Docker's manifest lists).</summary>
    public IReadOnlyList<string> Features => _platform.Features;

    /// <summary>The platform as <c>os/architecture/variant</c>.</summary>
    public override string ToString() => _platform.ToString();
}
