// SPDX-License-Identifier: MIT

using System.Text;

namespace OciPS.References;

/// <summary>The platform of an image.</summary>
/// <remarks>Image specification, "Image Index", property <c>platform</c>.</remarks>
public sealed record Platform
{
    internal Platform(string os, string architecture)
    {
        OS = os;
        Architecture = architecture;
    }

    /// <summary>The operating system, <c>linux</c> for example.</summary>
    public string OS { get; init; }

    /// <summary>The processor architecture in Go's spelling, <c>amd64</c> for example.</summary>
    public string Architecture { get; init; }

    /// <summary>The variant of the architecture, <c>v8</c> for example.</summary>
    public string? Variant { get; init; }

    /// <summary>The operating system's version; Windows images have one.</summary>
    public string? OSVersion { get; init; }

    /// <summary>Features of the operating system that the image needs.</summary>
    public IReadOnlyList<string> OSFeatures { get; init; } = [];

    /// <summary>Features of the processor that the image needs (Docker's manifest lists).</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>Linux on the architecture of this machine.</summary>
    internal static Platform Default { get; } = new("linux", LocalArchitecture());

    private static string LocalArchitecture() => System.Runtime.InteropServices.RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.X86 => "386",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        System.Runtime.InteropServices.Architecture.Arm => "arm",
        System.Runtime.InteropServices.Architecture.Ppc64le => "ppc64le",
        System.Runtime.InteropServices.Architecture.S390x => "s390x",
        System.Runtime.InteropServices.Architecture.LoongArch64 => "loong64",
        _ => "amd64",
    };

    /// <summary>
    /// The platform as <c>os/architecture/variant</c>, followed by <c>:version</c> if there is one; empty for an empty platform.
    /// </summary>
    public override string ToString()
    {
        if (OS.Length == 0 && Architecture.Length == 0 && string.IsNullOrEmpty(Variant) && string.IsNullOrEmpty(OSVersion))
        {
            return string.Empty;
        }

        var text = new StringBuilder(OS).Append('/').Append(Architecture);
        if (!string.IsNullOrEmpty(Variant))
        {
            text.Append('/').Append(Variant);
        }

        if (!string.IsNullOrEmpty(OSVersion))
        {
            text.Append(':').Append(OSVersion);
        }

        return text.ToString();
    }
}
