// SPDX-License-Identifier: MIT

namespace OciPS.References;

/// <summary>Platforms as people ask for them: <c>os/architecture[/variant][:version]</c>, with wildcards in any part; <c>*</c> for all.</summary>
internal sealed class PlatformPattern
{
    private readonly string _text;
    private readonly Func<string, bool> _os;
    private readonly Func<string, bool> _architecture;
    private readonly Func<string, bool>? _variant;
    private readonly Func<string, bool>? _osVersion;

    private PlatformPattern(string text, string[] parts, string? version, bool hasWildcards, Func<string, Func<string, bool>> compile)
    {
        _text = text;
        HasWildcards = hasWildcards;
        _os = compile(parts[0]);
        _architecture = compile(parts[1]);
        _variant = parts.Length > 2 ? compile(parts[2]) : null;
        _osVersion = version is null ? null : compile(version);
    }

    /// <summary>Whether it may stand for several platforms.</summary>
    public bool HasWildcards { get; }

    /// <summary>Parses a pattern.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isWildcard">Tells whether a text has wildcards in it.</param>
    /// <param name="compile">Makes a test of one part, which may have wildcards.</param>
    /// <exception cref="InvalidInputException">The text is no platform.</exception>
    public static PlatformPattern Parse(string text, Func<string, bool> isWildcard, Func<string, Func<string, bool>> compile)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string? version = colon < 0 ? null : text[(colon + 1)..];
        string[] parts = text == "*" ? ["*", "*"] : (colon < 0 ? text : text[..colon]).Split('/');
        if (parts.Length is < 2 or > 3 || parts.Any(string.IsNullOrEmpty) || version is { Length: 0 } || text.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter)))
        {
            throw new InvalidInputException(
                ErrorIds.InvalidPlatform,
                $"'{text}' is not a platform. Platforms look like 'linux/amd64', 'linux/arm64/v8' or 'windows/amd64:10.0.20348.1', with wildcards in any part; '*' stands for all.");
        }

        return new PlatformPattern(text, parts, version, isWildcard(text), compile);
    }

    /// <summary>
    /// Which of some platforms are meant: those that fit exactly, a platform without a variant where none was named;
    /// if there are none, those that fit when a variant that only one side has does not count.
    /// </summary>
    public IReadOnlyList<T> Select<T>(IReadOnlyList<T> items, Func<T, Platform?> platformOf)
    {
        T[] exact = items.Where(item => platformOf(item) is { } platform && IsExact(platform)).ToArray();
        return exact.Length > 0 ? exact : items.Where(item => platformOf(item) is { } platform && Fits(platform) && FitsLoosely(platform.Variant)).ToArray();
    }

    /// <summary>Whether a platform fits in all parts, and has no variant where none was named.</summary>
    public bool IsExact(Platform platform) => Fits(platform) && FitsExactly(platform.Variant);

    /// <summary>The text that it was made of.</summary>
    public override string ToString() => _text;

    private bool Fits(Platform platform) =>
        _os(platform.OS) && _architecture(platform.Architecture) && (_osVersion is null || _osVersion(platform.OSVersion ?? string.Empty));

    private bool FitsExactly(string? variant) => _variant is null ? HasWildcards || string.IsNullOrEmpty(variant) : _variant(variant ?? string.Empty);

    private bool FitsLoosely(string? variant) => _variant is null || string.IsNullOrEmpty(variant);
}
