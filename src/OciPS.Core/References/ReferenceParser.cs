// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Text.RegularExpressions;

namespace OciPS.References;

/// <summary>Takes the text of a reference apart.</summary>
internal static partial class ReferenceParser
{
    private const string DefaultRegistry = "docker.io";
    private const string DefaultTag = "latest";
    private const int MaximumRepositoryLength = 255;

    private static readonly (string Prefix, Transport Transport)[] s_pathTransports =
    [
        ("oci:", Transport.OciLayout),
        ("oci-archive:", Transport.OciArchive),
        ("dir:", Transport.Directory),
        ("docker-archive:", Transport.DockerArchive),
    ];

    private static readonly string[] s_unsupportedTransports =
        ["docker-daemon", "containers-storage", "ostree", "sif", "tarball"];

    public static ImageReference Parse(string text, Func<string, string> resolvePath, Func<string, bool>? isDrive = null)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw Invalid(text, "it is empty");
        }

        if (TryStrip(text, "docker://", out string rest))
        {
            return ParseRegistry(text, rest, null);
        }

        foreach ((string prefix, Transport transport) in s_pathTransports)
        {
            if (TryStrip(text, prefix, out rest))
            {
                return ParsePath(text, rest, transport, resolvePath, isDrive ?? (static _ => false));
            }
        }

        foreach (string transport in s_unsupportedTransports)
        {
            if (text.StartsWith(transport + ":", StringComparison.Ordinal))
            {
                throw new InvalidInputException(
                    ErrorIds.UnsupportedTransport,
                    $"'{text}' names the transport '{transport}:', which is not supported. Use a registry's HOST/REPO:TAG, 'oci:PATH:TAG', 'oci-archive:PATH:TAG', 'dir:PATH' or 'docker-archive:PATH'.");
            }
        }

        return ParseRegistry(text, text, resolvePath);
    }

    /// <summary>Whether a text is a host, with a port or without.</summary>
    public static bool IsHost(string text) => HostPattern().IsMatch(text);

    /// <summary>The registry's name for a host: Docker's has several hosts.</summary>
    public static string RegistryOf(string host) => host is "index.docker.io" or "registry-1.docker.io" ? DefaultRegistry : host;

    private static bool TryStrip(string text, string prefix, out string rest)
    {
        bool matches = text.StartsWith(prefix, StringComparison.Ordinal);
        rest = matches ? text[prefix.Length..] : text;
        return matches;
    }

    private static ImageReference ParseRegistry(string text, string rest, Func<string, string>? resolvePath)
    {
        try
        {
            return ParseRegistry(text, rest);
        }
        catch (InvalidInputException error) when (resolvePath is not null && TransportHint.OfText(text, resolvePath) is { Length: > 0 } hint)
        {
            throw new InvalidInputException(error.ErrorId, $"'{text}' is not an image reference: it names no transport.{hint}", error);
        }
    }

    private static ImageReference ParseRegistry(string text, string rest)
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

        (string registry, string repository) = SplitRegistry(rest);
        string? tag = null;
        int colon = repository.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0)
        {
            tag = repository[(colon + 1)..];
            repository = repository[..colon];
            if (!TagPattern().IsMatch(tag))
            {
                throw Invalid(text, $"'{tag}' is not a tag: up to 128 letters, digits, '_', '.' and '-' are, not beginning with '.' or '-'");
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

    /// <summary>The first part is a host if it cannot be part of a repository: it has a dot, a colon or a capital, or is localhost.</summary>
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

        return (RegistryOf(first), rest[(slash + 1)..]);
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

    /// <summary>A reference to the same place with another tag.</summary>
    /// <exception cref="InvalidInputException">It is no tag.</exception>
    public static ImageReference WithOtherTag(ImageReference reference, string tag)
    {
        ImageReference other = reference.WithTag(tag);
        if (reference.Transport is Transport.Registry or Transport.Directory)
        {
            return Parse(other.ToString(), static path => path);
        }

        CheckTag(other.ToString(), tag);
        return other;
    }

    /// <summary>Names an image in a place: by its tag, or of a tarball by its position, <c>@N</c>.</summary>
    public static ImageReference NameImage(ImageReference place, string? name)
    {
        if (name is null)
        {
            return place;
        }

        string text = place.WithTag(name).ToString();
        if (place.Transport == Transport.DockerArchive && name.StartsWith('@'))
        {
            return int.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int index)
                ? place with { SourceIndex = index }
                : throw Invalid(text, $"'{name}' is not the position of an image, which is '@' and a number from 0");
        }

        CheckTag(text, name);
        return place with { Tag = name };
    }

    /// <summary>
    /// The path ends at the first colon behind a drive unless the whole names something; a folder in <c>dir:</c> format has
    /// no tags, so that all is its path.
    /// </summary>
    private static ImageReference ParsePath(string text, string rest, Transport transport, Func<string, string> resolvePath, Func<string, bool> isDrive)
    {
        if (rest.Length == 0)
        {
            throw Invalid(text, "it has no path");
        }

        string whole = resolvePath(rest);
        if (System.IO.Path.Exists(whole))
        {
            return new ImageReference(transport) { Path = whole };
        }

        Digest? digest = null;
        int at = rest.LastIndexOf('@');
        if (at > 0 && transport != Transport.DockerArchive && Digest.TryParse(rest[(at + 1)..], out Digest parsed)
            && (transport != Transport.Directory || System.IO.Directory.Exists(resolvePath(rest[..at]))))
        {
            digest = parsed;
            rest = rest[..at];
            whole = resolvePath(rest);
        }

        if (transport == Transport.Directory || (digest is not null && System.IO.Path.Exists(whole)))
        {
            return new ImageReference(transport) { Path = whole, Digest = digest };
        }

        int colon = FindEndOfPath(rest, resolvePath, isDrive);
        string path = colon < 0 ? rest : rest[..colon];
        if (colon > 0 && transport != Transport.DockerArchive && !System.IO.Path.Exists(resolvePath(path)))
        {
            ExpectNoDigest(text, rest);
        }

        if (path.Length == 0)
        {
            throw Invalid(text, "it has no path");
        }

        var place = new ImageReference(transport) { Path = resolvePath(path), Digest = digest };
        return colon < 0 ? place : NameImage(place, rest[(colon + 1)..]);
    }

    /// <summary>A digest that is malformed would else pass for a path that ends in its algorithm.</summary>
    private static void ExpectNoDigest(string text, string rest)
    {
        int at = rest.LastIndexOf('@');
        if (at > 0 && rest[(at + 1)..] is { } digest && (digest.StartsWith("sha256:", StringComparison.Ordinal) || digest.StartsWith("sha512:", StringComparison.Ordinal)))
        {
            throw Invalid(text, $"'{digest}' is {Digest.WhyNot(digest)}");
        }
    }

    private static void CheckTag(string text, string tag)
    {
        if (tag.Length == 0 || tag.Any(char.IsControl))
        {
            throw Invalid(text, $"'{tag}' is not a tag");
        }

        if (tag[0] is '/' or '\\')
        {
            throw Invalid(text, $"'{tag}' is not a tag, which does not begin with '{tag[0]}'; and there is no drive that its path could be on");
        }
    }

    /// <summary>The first colon; but where nothing has the name that ends there, one behind an existing file or folder with a colon in its name.</summary>
    private static int FindEndOfPath(string text, Func<string, string> resolvePath, Func<string, bool> isDrive)
    {
        int first = text.IndexOf(':', LengthOfDrive(text, isDrive));
        if (first <= 0 || System.IO.Path.Exists(resolvePath(text[..first])))
        {
            return first;
        }

        for (int colon = text.IndexOf(':', first + 1); colon > 0; colon = text.IndexOf(':', colon + 1))
        {
            if (System.IO.Path.Exists(resolvePath(text[..colon])))
            {
                return colon;
            }
        }

        for (int slash = text.LastIndexOf('/'); slash > first; slash = text.LastIndexOf('/', slash - 1))
        {
            if (System.IO.Directory.Exists(resolvePath(text[..slash])))
            {
                return text.IndexOf(':', slash);
            }
        }

        return first;
    }

    /// <summary>A letter and a colon on Windows, and the name of a drive of the session's: with a path from the drive's root behind.</summary>
    private static int LengthOfDrive(string path, Func<string, bool> isDrive)
    {
        int colon = path.IndexOf(':', StringComparison.Ordinal);
        bool isRooted = colon > 0 && colon + 1 < path.Length && path[colon + 1] is '/' or '\\';
        return isRooted && ((OperatingSystem.IsWindows() && colon == 1 && char.IsAsciiLetter(path[0])) || isDrive(path[..colon])) ? colon + 1 : 0;
    }

    private static InvalidInputException Invalid(string? text, string why) => new(
        ErrorIds.InvalidReference,
        $"'{text}' is not an image reference: {why}. References look like 'HOST/REPO:TAG', 'HOST/REPO@sha256:…', 'oci:PATH:TAG', 'oci-archive:PATH:TAG', 'dir:PATH' or 'docker-archive:PATH'.");

    [GeneratedRegex(@"^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex HostPattern();

    [GeneratedRegex(@"^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex RepositoryPattern();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TagPattern();
}
