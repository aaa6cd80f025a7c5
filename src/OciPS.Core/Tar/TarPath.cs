// SPDX-License-Identifier: MIT

namespace OciPS.Tar;

/// <summary>The names of entries as extractors see them.</summary>
internal static class TarPath
{
    public const string WhiteoutPrefix = ".wh.";
    private const string OpaqueMarker = ".wh..wh..opq";

    /// <summary>
    /// Normalises a name as extractors do: removes leading and trailing slashes, empty and <c>.</c> parts, and <c>..</c> with the part
    /// before it. The root becomes empty.
    /// </summary>
    public static string Clean(string name)
    {
        // Fast path for the usual forms: "./a", "a/".
        int start = name.StartsWith("./", StringComparison.Ordinal) ? 2 : 0;
        int end = name.Length > start && name.EndsWith('/') ? name.Length - 1 : name.Length;
        if (IsClean(name.AsSpan(start, end - start)))
        {
            return name[start..end];
        }

        var parts = new List<string>();
        foreach (string part in name.Split('/'))
        {
            switch (part)
            {
                case "" or ".":
                    break;
                case "..":
                    if (parts.Count > 0)
                    {
                        parts.RemoveAt(parts.Count - 1);
                    }

                    break;
                default:
                    parts.Add(part);
                    break;
            }
        }

        return string.Join('/', parts);
    }

    /// <summary>The last part of a path.</summary>
    public static string GetName(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>All but the last part of a path; empty at the top.</summary>
    public static string GetParent(string path) => path[..Math.Max(path.LastIndexOf('/'), 0)];

    /// <summary>The parent directories of a path, innermost first.</summary>
    public static IEnumerable<string> GetAncestors(string path)
    {
        for (int slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            yield return path[..slash];
        }
    }

    public static bool IsBelow(string path, string directory) =>
        path.Length > directory.Length && path[directory.Length] == '/' && path.StartsWith(directory, StringComparison.Ordinal);

    /// <summary>Whether a name is absolute or contains <c>..</c>.</summary>
    public static bool IsUnsafe(string name) =>
        name.StartsWith('/') || (name.Contains("..", StringComparison.Ordinal) && name.Split('/').Contains(".."));

    public static bool IsWhiteout(string path) =>
        path.AsSpan(path.LastIndexOf('/') + 1).StartsWith(WhiteoutPrefix, StringComparison.Ordinal);

    public static bool IsOpaqueMarker(string path) => path.AsSpan(path.LastIndexOf('/') + 1).SequenceEqual(OpaqueMarker);

    /// <summary>The path that a whiteout removes.</summary>
    public static string WhiteoutTarget(string path)
    {
        int name = path.LastIndexOf('/') + 1;
        return string.Concat(path.AsSpan(0, name), path.AsSpan(name + WhiteoutPrefix.Length));
    }

    private static bool IsClean(ReadOnlySpan<char> name)
    {
        if (name.Length == 0)
        {
            return true;
        }

        int start = 0;
        while (start <= name.Length)
        {
            int slash = name[start..].IndexOf('/');
            int end = slash < 0 ? name.Length : start + slash;
            if (end == start || name[start..end] is "." or "..")
            {
                return false;
            }

            start = end + 1;
        }

        return true;
    }
}
