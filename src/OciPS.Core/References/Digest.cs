// SPDX-License-Identifier: MIT

using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace OciPS.References;

/// <summary>A content digest such as <c>sha256:6c3c624b58dbbcd3c0dd82b4c53f04194d1247c6eebdaab7c610cf7d66709b3b</c>.</summary>
/// <remarks>Image specification, "Descriptors", section "Digests". SHA-256 and SHA-512 are supported.</remarks>
public readonly record struct Digest
{
    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdef");

    private readonly string? _text;

    private Digest(string text) => _text = text;

    internal Digest(DigestAlgorithm algorithm, ReadOnlySpan<byte> hash) =>
        _text = algorithm.Prefix + Convert.ToHexString(hash).ToLowerInvariant();

    /// <summary><c>sha256</c> or <c>sha512</c>.</summary>
    public string Algorithm => Kind.Name;

    /// <summary>The hash in lower-case hexadecimal digits.</summary>
    public string Hex => Text[Kind.Prefix.Length..];

    /// <summary>The hash.</summary>
    internal byte[] ToBytes() => Convert.FromHexString(Hex);

    /// <summary>The hash algorithm; SHA-256 for the default value.</summary>
    internal DigestAlgorithm Kind => DigestAlgorithm.Find(Text)!;

    /// <summary>Whether this is the default value, which stands for no digest.</summary>
    internal bool IsEmpty => _text is null;

    private string Text => _text ?? DigestAlgorithm.Sha256.Prefix;

    /// <summary>Parses a digest.</summary>
    /// <param name="text">The digest's text.</param>
    /// <exception cref="InvalidInputException">The text is not a digest, or its algorithm is neither SHA-256 nor SHA-512.</exception>
    public static Digest Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out Digest digest)
            ? digest
            : throw new InvalidInputException(
                ErrorIds.UnsupportedDigest,
                $"'{text}' is {WhyNot(text)}.");
    }

    /// <summary>Why a text is not a valid digest.</summary>
    internal static string WhyNot(string text) => DigestAlgorithm.Find(text) is { } algorithm
        ? $"a malformed {algorithm.DisplayName}: '{algorithm.Prefix}' is followed by {algorithm.HexLength} lower-case hexadecimal digits"
        : $"neither {string.Join(" nor ", DigestAlgorithm.All.Select(known => known.DisplayName))} and so cannot be checked";

    /// <summary>Parses a digest; false if the text is not one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        bool valid = text is not null
            && DigestAlgorithm.Find(text) is { } algorithm
            && text.Length == algorithm.Prefix.Length + algorithm.HexLength
            && !text.AsSpan(algorithm.Prefix.Length).ContainsAnyExcept(s_hexDigits);
        digest = valid ? new Digest(text!) : default;
        return valid;
    }

    /// <summary>The SHA-256 digest of bytes.</summary>
    public static Digest FromBytes(ReadOnlySpan<byte> bytes) => DigestAlgorithm.Sha256.Compute(bytes);

    /// <summary>The first twelve hexadecimal digits, for display.</summary>
    internal string Short => Hex.Length > 12 ? Hex[..12] : Hex;

    /// <summary>The digest's text, <c>algorithm:hex</c>; empty for the default value.</summary>
    public override string ToString() => _text ?? string.Empty;
}
