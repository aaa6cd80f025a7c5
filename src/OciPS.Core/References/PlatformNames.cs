// SPDX-License-Identifier: MIT

namespace OciPS.References;

/// <summary>Normalises the names of platforms: <c>aarch64</c> becomes <c>arm64</c>, <c>X86_64</c> becomes <c>amd64</c>.</summary>
/// <remarks>As containerd's package platforms normalises them.</remarks>
internal static class PlatformNames
{
    // The architectures of Go's runtime that containerd knows.
    private static readonly HashSet<string> s_architectures = new(StringComparer.Ordinal)
    {
        "386", "amd64", "amd64p32", "arm", "armbe", "arm64", "arm64be", "loong64", "mips", "mipsle", "mips64", "mips64le",
        "mips64p32", "mips64p32le", "ppc", "ppc64", "ppc64le", "riscv", "riscv64", "s390", "s390x", "sparc", "sparc64", "wasm",
    };

    /// <summary>The normalised platform; the architecture's default variant is omitted, or added for <c>arm</c>.</summary>
    public static Platform Normalise(Platform platform)
    {
        (string architecture, string variant) = NormaliseArchitecture(platform.Architecture, platform.Variant ?? string.Empty);
        return platform with { OS = NormaliseOS(platform.OS), Architecture = architecture, Variant = variant };
    }

    public static string NormaliseOS(string os) => os.ToLowerInvariant() switch
    {
        "macos" => "darwin",
        var other => other,
    };

    public static (string Architecture, string Variant) NormaliseArchitecture(string architecture, string variant) =>
        (architecture.ToLowerInvariant(), variant.ToLowerInvariant()) switch
        {
            ("i386", _) => ("386", string.Empty),
            ("x86_64" or "x86-64" or "amd64", "v1") => ("amd64", string.Empty),
            ("x86_64" or "x86-64", var other) => ("amd64", other),
            ("aarch64" or "arm64", "8" or "v8") => ("arm64", string.Empty),
            ("aarch64", var other) => ("arm64", other),
            ("armhf", _) => ("arm", "v7"),
            ("armel", _) => ("arm", "v6"),
            ("arm", "" or "7") => ("arm", "v7"),
            ("arm", "5" or "6" or "8") arm => ("arm", "v" + arm.Item2),
            var other => other,
        };

    /// <summary>Whether a text is an architecture, in any spelling.</summary>
    public static bool IsArchitecture(string text) => s_architectures.Contains(NormaliseArchitecture(text, string.Empty).Architecture);
}
