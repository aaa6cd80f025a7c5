// SPDX-License-Identifier: MIT

namespace OciPS.References;

/// <summary>
/// A platform pattern: <c>os/architecture[/variant][:version]</c>, with wildcards in any part; <c>*</c> for all platforms; an architecture
/// alone for Linux on it.
/// </summary>
internal sealed class PlatformPattern
{
    private readonly string _text;
    private readonly Tests _typed;
    private readonly Tests _usual;
    private readonly Func<string, bool>? _osVersion;

    private PlatformPattern(string text, bool hasWildcards, Tests typed, Tests usual, Func<string, bool>? osVersion)
    {
        _text = text;
        HasWildcards = hasWildcards;
        _typed = typed;
        _usual = usual;
        _osVersion = osVersion;
    }

    // IsVariantNamed: whether the text names a variant; normalisation may omit or add one.
    private sealed record Tests(Func<string, bool> OS, Func<string, bool> Architecture, Func<string, bool>? Variant, bool IsVariantNamed);

    /// <summary>Whether it can match several platforms.</summary>
    public bool HasWildcards { get; }

    /// <summary>Parses a pattern.</summary>
    /// <param name="text">The text of the pattern.</param>
    /// <param name="isWildcard">Whether a text contains wildcards.</param>
    /// <param name="compile">Compiles a test of one part, which may have wildcards.</param>
    /// <exception cref="InvalidInputException">The text is not a platform.</exception>
    public static PlatformPattern Parse(string text, Func<string, bool> isWildcard, Func<string, Func<string, bool>> compile)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string? version = colon < 0 ? null : text[(colon + 1)..];
        string[] parts = text == "*" ? ["*", "*"]
            : PlatformNames.IsArchitecture(text) ? [Platform.Default.OS, text]
            : (colon < 0 ? text : text[..colon]).Split('/');
        if (parts.Length is < 2 or > 3
            || parts.Any(string.IsNullOrEmpty)
            || version is { Length: 0 }
            || text.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter)))
        {
            throw new InvalidInputException(
                ErrorIds.InvalidPlatform,
                $"'{text}' is not a platform. Platforms look like 'linux/amd64', 'linux/arm64/v8' or 'windows/amd64:10.0.20348.1', with "
                    + "wildcards in any part; 'arm64' alone means Linux on arm64, '*' means all.");
        }

        string? variant = parts.ElementAtOrDefault(2);
        var typed = new Tests(compile(parts[0]), compile(parts[1]), variant is null ? null : compile(variant), variant is not null);
        return new PlatformPattern(
            text,
            isWildcard(text),
            typed,
            ToUsual(parts[0], parts[1], variant, isWildcard, compile),
            version is null ? null : compile(version));
    }

    /// <summary>
    /// Selects the matching platforms: those with the same spelling; if there are none, those that match after normalisation; if there are
    /// none either, those that match when a variant that only one side has is ignored.
    /// </summary>
    public IReadOnlyList<T> Select<T>(IReadOnlyList<T> items, Func<T, Platform?> getPlatform)
    {
        T[] Where(Func<Platform, bool> test) => items.Where(item => getPlatform(item) is { } platform && test(platform)).ToArray();
        if (HasWildcards && Where(platform => IsExact(platform) || IsSame(platform)) is { Length: > 0 } several)
        {
            return several;
        }

        T[] exact = Where(IsExact);
        T[] same = exact.Length > 0 ? exact : Where(IsSame);
        return same.Length > 0 ? same : Where(FitsLoosely);
    }

    /// <summary>Whether a platform matches in all parts as spelled, and has no variant if the pattern names none.</summary>
    public bool IsExact(Platform platform) => Fits(_typed, platform) && FitsVariant(_typed, platform);

    /// <summary>The text of the pattern.</summary>
    public override string ToString() => _text;

    private static Tests ToUsual(
        string os, string architecture, string? variant, Func<string, bool> isWildcard, Func<string, Func<string, bool>> compile)
    {
        string usualOS = isWildcard(os) ? os.ToLowerInvariant() : PlatformNames.NormaliseOS(os);
        if (isWildcard(architecture) || (variant is not null && isWildcard(variant)))
        {
            string one = isWildcard(architecture)
                ? architecture.ToLowerInvariant()
                : PlatformNames.NormaliseArchitecture(architecture, string.Empty).Architecture;
            return new Tests(
                compile(usualOS), compile(one), variant is null ? null : compile(variant.ToLowerInvariant()), variant is not null);
        }

        (string usual, string usualVariant) = PlatformNames.NormaliseArchitecture(architecture, variant ?? string.Empty);

        // armhf and armel imply a variant.
        bool isNamed = variant is not null || architecture.ToLowerInvariant() is "armhf" or "armel";
        Func<string, bool>? test = usualVariant.Length > 0 ? compile(usualVariant) : isNamed ? string.IsNullOrEmpty : null;
        return new Tests(compile(usualOS), compile(usual), test, isNamed);
    }

    private bool IsSame(Platform platform) => PlatformNames.Normalise(platform) is var usual && Fits(_usual, usual)
        && (FitsVariant(_usual, usual) || (
            HasWildcards && _usual.Variant?.Invoke(platform.Variant?.ToLowerInvariant() ?? string.Empty) == true));

    private bool FitsLoosely(Platform platform) =>
        Fits(_usual, PlatformNames.Normalise(platform)) && (!_usual.IsVariantNamed || string.IsNullOrEmpty(platform.Variant));

    private bool Fits(Tests tests, Platform platform) =>
        tests.OS(platform.OS)
            && tests.Architecture(platform.Architecture)
            && (_osVersion is null || _osVersion(platform.OSVersion ?? string.Empty));

    private bool FitsVariant(Tests tests, Platform platform) =>
        tests.Variant is null ? HasWildcards || string.IsNullOrEmpty(platform.Variant) : tests.Variant(platform.Variant ?? string.Empty);
}
