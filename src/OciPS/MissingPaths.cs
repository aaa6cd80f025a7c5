// SPDX-License-Identifier: MIT

using OciPS.Files;
using OciPS.References;
using OciPS.Tar;

namespace OciPS;

/// <summary>Keeps account of literal paths that were asked for, to say which are not there, and why it may seem so.</summary>
internal sealed class MissingPaths(IReadOnlyList<string> asked)
{
    private readonly MergedFileSystem _view = new();
    private readonly HashSet<(string Path, TarEntryType Type)> _seen = [];
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);
    private readonly HashSet<string> _found = new(StringComparer.Ordinal);

    /// <summary>An entry came out.</summary>
    public void Found(TarEntry entry)
    {
        if (asked.Contains(entry.Name))
        {
            _found.Add(entry.Name);
        }
    }

    /// <summary>An entry passed by.</summary>
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

    /// <summary>An error for each path of which nothing came out.</summary>
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

    /// <summary>Says by which name a path goes in truth, where links lead from it to something.</summary>
    public static string Explain(MergedFileSystem view, string path) =>
        view.ResolveLinks(path) is { } real && real != path
            ? $"through symbolic links it leads to '{ShownPath.Show(real)}'. Use that name."
            : "no layer has an entry of that name.";
}
