// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Text.RegularExpressions;

namespace OciPS.References;

/// <summary>Parses references.</summary>
internal static partial class ReferenceParser
{
    /// <summary>The default tag of a registry reference.</summary>
    public const string DefaultTag = "latest";

    private const string DefaultRegistry = "docker.io";
    private const int MaximumRepositoryLength = 255;

    private static readonly string[] s_unsupportedTransports =
        ["docker-daemon", "containers-storage", "ostree", "sif", "tarball"];

    public static ImageReference Parse(string text, Func<string, string> resolvePath, Func<string, bool>? isDrive = null)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw Invalid(text, "it is empty");
        }

        if (TransportSyntax.All.FirstOrDefault(other => text.StartsWith(other.Prefix, StringComparison.Ordinal)) is { } syntax)
        {
            return syntax.Parse(syntax, text, text[syntax.Prefix.Length..], resolvePath, isDrive ?? (static _ => false));
        }

        foreach (string transport in s_unsupportedTransports)
        {
            if (text.StartsWith(transport + ":", StringComparison.Ordinal))
            {
                IEnumerable<string> forms = TransportSyntax.All
                    .Where(other => other.Path != TransportPath.None)
                    .SelectMany(other => other.Forms);
                throw new InvalidInputException(
                    ErrorIds.UnsupportedTransport,
                    $"'{text}' names the transport '{transport}:', which is not supported. Use a registry's HOST/REPO:TAG, "
                        + $"{TransportSyntax.ToChoice(forms)}.");
            }
        }

        return ParseBare(text, resolvePath);
    }

    /// <summary>
    /// Parses the name of an image in a tarball. No registry is contacted, so a name with a dot may be one on Docker Hub.
    /// </summary>
    public static ImageReference ParseName(string name) => ParseRegistry(name, name, isAsked: false);

    /// <summary>Whether a text is a tag as the distribution specification allows them.</summary>
    public static bool IsTag(string text) => TagPattern().IsMatch(text);

    /// <summary>Whether a text is a host, with or without a port.</summary>
    public static bool IsHost(string text) => HostPattern().IsMatch(text);

    /// <summary>The registry's name for a host: Docker Hub has several hosts.</summary>
    public static string GetRegistry(string host) => host is "index.docker.io" or "registry-1.docker.io" ? DefaultRegistry : host;

    /// <summary>Parses a reference without a prefix, which names a registry.</summary>
    private static ImageReference ParseBare(string text, Func<string, string> resolvePath)
    {
        try
        {
            return ParseRegistry(text, text);
        }
        catch (InvalidInputException error) when (TransportHint.FromText(text, resolvePath) is { Length: > 0 } hint)
        {
            throw new InvalidInputException(error.ErrorId, $"'{text}' is not an image reference: it names no transport.{hint}", error);
        }
    }

    public static ImageReference ParseRegistry(
        TransportSyntax syntax, string text, string rest, Func<string, string> resolvePath, Func<string, bool> isDrive) =>
        ParseRegistry(text, rest);

    private static ImageReference ParseRegistry(string text, string rest, bool isAsked = true)
    {
        Digest? digest = null;
        int at = rest.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            digest = Digest.TryParse(rest[(at + 1)..], out Digest parsed)
                ? parsed
                : throw Invalid(text, $"'{rest[(at + 1)..]}' is {Digest.WhyNot(rest[(at + 1)..])}");
            rest = rest[..at];
        }

        if (isAsked && IsRegistryAlone(rest))
        {
            throw NoRepository(text, rest);
        }

        (string registry, string repository) = SplitRegistry(rest);
        string? tag = null;
        int colon = repository.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0)
        {
            tag = repository[(colon + 1)..];
            repository = repository[..colon];
            if (!TagPattern().IsMatch(tag))
            {
                throw Invalid(
                    text, $"'{tag}' is not a tag: up to 128 letters, digits, '_', '.' and '-' are, not beginning with '.' or '-'");
            }
        }

        CheckNames(text, registry, repository);
        if (registry == DefaultRegistry && !repository.Contains('/', StringComparison.Ordinal))
        {
            repository = "library/" + repository;
        }

        return new ImageReference(Transport.Registry)
        {
            Registry = registry,
            Repository = repository,
            Tag = tag ?? (digest is null ? DefaultTag : null),
            Digest = digest,
        };
    }

    /// <summary>
    /// The first part is a host if it cannot be part of a repository: it has a dot, a colon or a capital letter, or is localhost.
    /// </summary>
    private static (string Registry, string Repository) SplitRegistry(string rest)
    {
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return (DefaultRegistry, rest);
        }

        string first = rest[..slash];
        bool isHost = first == "localhost" || first.AsSpan().IndexOfAny('.', ':') >= 0 || first.Any(char.IsAsciiLetterUpper);
        if (!isHost)
        {
            return (DefaultRegistry, rest);
        }

        return (GetRegistry(first), rest[(slash + 1)..]);
    }

    /// <summary>The error for a reference that names a registry but no repository.</summary>
    public static InvalidInputException NoRepository(string text, string registry) => new(
        ErrorIds.InvalidReference,
        $"'{text}' names a registry without a repository: give '{registry}/REPO:TAG'. For an image of Docker Hub, write "
            + $"'docker.io/library/{registry}'.");

    /// <summary>
    /// Whether the text is a host without a repository. Names without a slash mean Docker Hub, where no repository has a dot and no tag
    /// looks like a port.
    /// </summary>
    private static bool IsRegistryAlone(string rest)
    {
        if (rest.Contains('/', StringComparison.Ordinal))
        {
            return false;
        }

        int colon = rest.LastIndexOf(':');
        bool hasPort = colon > 0
            && ushort.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            && (port is 443 or >= 5000);
        string name = colon > 0 && rest[0] != '[' ? rest[..colon] : rest;
        return (rest.StartsWith('[') && IsHost(rest))
            || (IsHost(name) && (hasPort || name == "localhost" || name.Contains('.', StringComparison.Ordinal)));
    }

    private static void CheckNames(string text, string registry, string repository)
    {
        if (!HostPattern().IsMatch(registry))
        {
            throw Invalid(text, $"'{registry}' is not a registry's host");
        }

        if (!RepositoryPattern().IsMatch(repository))
        {
            string hint = repository.Any(char.IsAsciiLetterUpper) ? "; repositories are in lower case" : string.Empty;
            throw Invalid(text, $"'{repository}' is not a repository{hint}");
        }

        if (registry.Length + 1 + repository.Length > MaximumRepositoryLength)
        {
            throw Invalid(text, $"its name is longer than {MaximumRepositoryLength} characters");
        }
    }

    private static InvalidInputException Invalid(string? text, string why) => new(
        ErrorIds.InvalidReference,
        $"'{text}' is not an image reference: {why}. References look like "
            + $"{TransportSyntax.ToChoice(TransportSyntax.All.SelectMany(syntax => syntax.Forms))}.");

    [GeneratedRegex(
        @"^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
            + @"|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex HostPattern();

    [GeneratedRegex(@"^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex RepositoryPattern();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TagPattern();
}
