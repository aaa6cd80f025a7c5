// SPDX-License-Identifier: MIT

using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace OciPS.References;

/// <summary>A content digest such as <c>sha256:6c3c624b58dbbcd3c0dd82b4c53f04194d1247c6eebdaab7c610cf7d66709b3b</c>.</summary>
/// <remarks>Image specification, "Descriptors", section "Digests". SHA-256 and SHA-512 are known.</remarks>
public readonly record struct Digest
{
    private const string Sha256Prefix = "sha256:";
    private const string Sha512Prefix = "sha512:";

    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdef");

    private readonly string? _text;

    private Digest(string text) => _text = text;

    /// <summary><c>sha256</c> or <c>sha512</c>.</summary>
    public string Algorithm => Text[..6];

    /// <summary>The hash in lower-case hexadecimal digits.</summary>
    public string Hex => Text[7..];

    /// <summary>Whether this is the default value, which stands for no digest.</summary>
    internal bool IsEmpty => _text is null;

    private string Text => _text ?? Sha256Prefix;

    /// <summary>Parses a digest.</summary>
    /// <param name="text">The digest's text.</param>
    /// <exception cref="InvalidInputException">The text is no digest, or in an algorithm other than SHA-256 and SHA-512.</exception>
    public static Digest Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out Digest digest)
            ? digest
            : throw new InvalidInputException(
                ErrorIds.UnsupportedDigest,
                $"'{text}' is {WhyNot(text)}.");
    }

    /// <summary>What is wrong with a text that is no digest here.</summary>
    internal static string WhyNot(string text) =>
        text.StartsWith(Sha256Prefix, StringComparison.Ordinal) ? "a malformed SHA-256: 'sha256:' is followed by 64 lower-case hexadecimal digits"

        : text.StartsWith(Sha512Prefix, StringComparison.Ordinal)
        ? "a malformed SHA-512: 'sha512:' is followed by 128 lower-case hexadecimal digits"
        : "neither SHA-256 nor SHA-512 and so cannot be checked";

    /// <summary>Parses a digest, without an error if it is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        bool valid = text is not null
            && ((text.Length == 7 + 64 && text.StartsWith(Sha256Prefix, StringComparison.Ordinal))
                || (text.Length == 7 + 128 && text.StartsWith(Sha512Prefix, StringComparison.Ordinal)))
            && !text.AsSpan(7).ContainsAnyExcept(s_hexDigits);
        digest = valid ? new Digest(text!) : default;
        return valid;
    }

    /// <summary>The SHA-256 digest of bytes that are in memory.</summary>
    public static Digest FromBytes(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return FromHash(HashAlgorithmName.SHA256, hash);
    }

    /// <summary>The digest of bytes that are in memory, in the algorithm of another digest.</summary>
    internal static Digest FromBytes(ReadOnlySpan<byte> bytes, Digest like)
    {
        using IncrementalHash hash = like.CreateHash();
        hash.AppendData(bytes);
        return Finish(hash);
    }

    internal IncrementalHash CreateHash() => IncrementalHash.CreateHash(
        Algorithm == "sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256);

    internal static Digest Finish(IncrementalHash hash)
    {
        Span<byte> bytes = stackalloc byte[SHA512.HashSizeInBytes];
        int length = hash.GetHashAndReset(bytes);
        return FromHash(hash.AlgorithmName, bytes[..length]);
    }

    private static Digest FromHash(HashAlgorithmName algorithm, ReadOnlySpan<byte> hash) =>
        new((algorithm == HashAlgorithmName.SHA512 ? Sha512Prefix : Sha256Prefix) + Convert.ToHexString(hash).ToLowerInvariant());

    /// <summary>The first twelve hexadecimal digits, for people to tell digests apart by.</summary>
    internal string Short => Hex.Length > 12 ? Hex[..12] : Hex;

    /// <summary>The digest's text, <c>algorithm:hex</c>; empty for the default value.</summary>
    public override string ToString() => _text ?? string.Empty;
}
