// SPDX-License-Identifier: MIT

using CsCheck;

namespace OciPS.Core.Tests.Properties;

/// <summary>Texts as references and archives have them.</summary>
internal static class Names
{
    private static readonly Gen<string> s_lower = Gen.String[Gen.Char["abcxyz0189"], 1, 6];

    public static Gen<string> Hex { get; } = Gen.String[Gen.Char["0123456789abcdef"], 64, 64];

    public static Gen<string> Digest { get; } = Gen.OneOf(
        Hex.Select(hex => "sha256:" + hex), Gen.Select(Hex, Hex, (first, second) => $"sha512:{first}{second}"));

    /// <summary>Hosts that can be no part of a repository.</summary>
    public static Gen<string> Host { get; } = Gen.Select(
        Gen.OneOf(
            Gen.Const("localhost"),
            Gen.Const("[::1]"),
            Gen.Select(s_lower, s_lower, (first, second) => $"{first}.{second}"),
            s_lower.Select(name => "A" + name)),
        Gen.OneOf(Gen.Const(""), Gen.Int[0, 65535].Select(port => $":{port}")),
        (name, port) => name == "[::1]" && port.Length == 0 ? "[::1]:5000" : name + port);

    public static Gen<string> Repository { get; } = Gen.Select(
        s_lower, Gen.OneOf("/", ".", "_", "__", "-", "---"), s_lower, (first, between, second) =>
            first + between + second).Array[1, 4].Select(parts => string.Join('/', parts));

    public static Gen<string> Tag { get; } = Gen.Select(
        Gen.Char["abcXYZ019_"], Gen.String[Gen.Char["abcXYZ019_.-"], 0, 127], (first, rest) => first + rest);

    /// <summary>Anything, with much of what means something.</summary>
    public static Gen<string> Any { get; } = Gen.OneOf(
        Gen.String[Gen.Char["aB1./:@-_[]%\\ \t\0\n☃*?"], 0, 30],
        Gen.String,
        Gen.Select(
            Gen.OneOf(
                Host,
                Repository,
                Tag,
                Digest,
                Gen.OneOf("", "docker://", "oci:", "oci-archive:", "dir:", "docker-archive:", "docker-daemon:", "C:\\")).Array[1, 5],
            Gen.OneOf("", "/", ":", "@", "//", "::"),
            (parts, between) => string.Join(between, parts)));
}
