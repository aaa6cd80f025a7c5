// SPDX-License-Identifier: MIT

using System.Globalization;

namespace OciPS.References;

/// <summary>Parses references with paths: finds the end of the path and the name of the image.</summary>
internal static partial class ReferenceParser
{
    /// <summary>A reference to the same place with another tag.</summary>
    /// <exception cref="InvalidInputException">The text is not a tag.</exception>
    public static ImageReference WithOtherTag(ImageReference reference, string tag)
    {
        ImageReference other = reference.WithTag(tag);
        if (reference.Syntax.Tags != TagRule.Free)
        {
            return Parse(other.ToString(), static path => path);
        }

        CheckTag(other.ToString(), tag);
        return other;
    }

    /// <summary>Names an image in a place: by its tag or, in a tarball, by its position (<c>@N</c>).</summary>
    public static ImageReference NameImage(ImageReference place, string? name)
    {
        if (name is null)
        {
            return place;
        }

        string text = place.WithTag(name).ToString();
        if (place.Syntax.HasPositions && name.StartsWith('@'))
        {
            return int.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int index)
                ? place with { SourceIndex = index }
                : throw Invalid(text, $"'{name}' is not the position of an image, which is '@' and a number from 0");
        }

        CheckTag(text, name);
        return place with { Tag = name };
    }

    /// <summary>
    /// The path ends at the first colon after a drive, unless a file or folder has the whole name; <c>dir:</c> references have no tags, so
    /// all of the text is the path.
    /// </summary>
    public static ImageReference ParsePath(
        TransportSyntax syntax, string text, string rest, Func<string, string> resolvePath, Func<string, bool> isDrive)
    {
        if (rest.Length == 0)
        {
            throw Invalid(text, "it has no path");
        }

        string whole = resolvePath(rest);
        if (System.IO.Path.Exists(whole))
        {
            return new ImageReference(syntax.Transport) { Path = whole };
        }

        Digest? digest = null;
        int at = rest.LastIndexOf('@');
        if (at > 0 && syntax.KeepsManifests && Digest.TryParse(rest[(at + 1)..], out Digest parsed)
            && (syntax.Tags != TagRule.None || System.IO.Directory.Exists(resolvePath(rest[..at]))))
        {
            digest = parsed;
            rest = rest[..at];
            whole = resolvePath(rest);
        }

        if (syntax.Tags == TagRule.None || (digest is not null && System.IO.Path.Exists(whole)))
        {
            return new ImageReference(syntax.Transport) { Path = whole, Digest = digest };
        }

        int colon = FindPathEnd(rest, resolvePath, isDrive);
        string path = colon < 0 ? rest : rest[..colon];
        if (colon > 0 && syntax.KeepsManifests && !System.IO.Path.Exists(resolvePath(path)))
        {
            ExpectNoDigest(text, rest);
        }

        if (path.Length == 0)
        {
            throw Invalid(text, "it has no path");
        }

        var place = new ImageReference(syntax.Transport) { Path = resolvePath(path), Digest = digest };
        return colon < 0 ? place : NameImage(place, rest[(colon + 1)..]);
    }

    /// <summary>Otherwise a malformed digest would be taken for a path that ends with the algorithm.</summary>
    private static void ExpectNoDigest(string text, string rest)
    {
        int at = rest.LastIndexOf('@');
        if (at > 0
            && rest[(at + 1)..] is { } digest
            && DigestAlgorithm.Find(digest) is not null)
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
            throw Invalid(
                text, $"'{tag}' is not a tag, which does not begin with '{tag[0]}'; and there is no drive of that name");
        }
    }

    /// <summary>
    /// The first colon; but if no file has the name that ends there, a later one after an existing file or folder with a colon in its name.
    /// </summary>
    private static int FindPathEnd(string text, Func<string, string> resolvePath, Func<string, bool> isDrive)
    {
        int first = text.IndexOf(':', GetDriveLength(text, isDrive));
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

    /// <summary>
    /// The length of a drive name: a letter and a colon on Windows, or a drive of the session followed by a path from its root.
    /// </summary>
    private static int GetDriveLength(string path, Func<string, bool> isDrive)
    {
        int colon = path.IndexOf(':', StringComparison.Ordinal);
        bool isRooted = colon > 0 && colon + 1 < path.Length && path[colon + 1] is '/' or '\\';
        return isRooted && ((OperatingSystem.IsWindows() && colon == 1 && char.IsAsciiLetter(path[0])) || isDrive(path[..colon]))
            ? colon + 1
            : 0;
    }
}
