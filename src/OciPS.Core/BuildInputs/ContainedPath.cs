// SPDX-License-Identifier: MIT

namespace OciPS.BuildInputs;

/// <summary>Resolves a name from untrusted input to a path in a folder, and refuses paths outside of it.</summary>
internal static class ContainedPath
{
    /// <exception cref="InvalidContentException">The path is outside of the folder.</exception>
    public static string Find(string folder, string name, string what)
    {
        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        string path = name.Length == 0 || Path.IsPathRooted(name) ? root : Path.GetFullPath(name, root);
        if (!IsBelow(path, root))
        {
            throw Leaves(name, root, what, "it leads out of it");
        }

        // Links are resolved for the check only; their targets have to be in the folder as well.
        string real = RealPath(root);
        for (string? part = path; part is not null && part.Length > root.Length; part = Path.GetDirectoryName(part))
        {
            if (FollowLink(part) is { } target && !IsBelow(RealPath(target), real))
            {
                throw Leaves(name, root, what, $"'{part}' is a symbolic link to '{target}'");
            }
        }

        return path;
    }

    private static bool IsBelow(string path, string root) => path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The path with all links in it resolved.</summary>
    private static string RealPath(string path)
    {
        string? parent = Path.GetDirectoryName(path);
        if (parent is null)
        {
            return path;
        }

        string here = Path.Combine(RealPath(parent), Path.GetFileName(path));
        return FollowLink(here) is { } target ? RealPath(target) : here;
    }

    /// <summary>The final target of a link; null if the path is not a link or does not exist.</summary>
    private static string? FollowLink(string path) =>
        new FileInfo(path).LinkTarget is null ? null : File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName;

    private static InvalidContentException Leaves(string name, string root, string what, string why) =>
        new(ErrorIds.UnsafePath, $"'{name}' in {what} is refused: only files below '{root}' are accepted, and {why}.");
}
