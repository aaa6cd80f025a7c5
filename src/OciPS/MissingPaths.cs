// SPDX-License-Identifier: MIT

using OciPS.Files;
using OciPS.References;
using OciPS.Tar;

namespace OciPS;

/// <summary>Tracks which requested literal paths were found, to report and explain the missing ones.</summary>
internal sealed class MissingPaths(IReadOnlyList<string> asked)
{
    private readonly MergedFileSystem _view = new();
    private readonly HashSet<(string Path, TarEntryType Type)> _seen = [];
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);
    private readonly HashSet<string> _found = new(StringComparer.Ordinal);

    /// <summary>Records an entry that was emitted.</summary>
    public void Found(TarEntry entry)
    {
        if (asked.Contains(entry.Name))
        {
            _found.Add(entry.Name);
        }
    }

    /// <summary>Records an entry that was read.</summary>
    public void See(TarEntry entry)
    {
        if (asked.Count == 0)
        {
            return;
        }

        _view.Add(0, entry);
        foreach (string path in asked)
        {
            if (entry.Name == path)
            {
                _seen.Add((path, entry.Type));
            }
            else if (TarPath.IsBelow(entry.Name, path))
            {
                _folders.Add(path);
            }
        }
    }

    /// <summary>An error for each path without an emitted entry.</summary>
    public IEnumerable<OciException> ToErrors(ImageReference image, IReadOnlyList<TarEntryType> types)
    {
        foreach (string path in asked.Distinct())
        {
            TarEntryType[] seen = _seen.Where(entry => entry.Path == path).Select(entry => entry.Type).ToArray();
            if (!_found.Contains(path))
            {
                string why = seen.Any(types.Contains) ? "a later layer hides it, and -Flatten was given."
                    : seen.Length > 0 ? $"what is there is a {seen[0]}: add '-Type {seen[0]}'."
                    : _folders.Contains(path) ? $"it is a folder: ask for '{ShownPath.Show(path)}/*'."
                    : Explain(_view, path);
                yield return new ContentNotFoundException(
                    ErrorIds.FileNotFoundInImage, $"'{ShownPath.Show(path)}' is not a file in '{image}': {why}");
            }
        }
    }

    /// <summary>Explains why a path is missing; names its real path if it leads through symbolic links.</summary>
    public static string Explain(MergedFileSystem view, string path) =>
        view.ResolveLinks(path) is { } real && real != path
            ? $"through symbolic links it leads to '{ShownPath.Show(real)}'. Use that name."
            : "no layer has an entry of that name.";
}
