// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Tar;

namespace OciPS;

/// <summary>Paths in images as people give them: literal ones, and PowerShell's wildcards, case-sensitive.</summary>
internal sealed class PathPatterns
{
    private PathPatterns(IReadOnlyList<string> literals, IReadOnlyList<Func<string, bool>> patterns)
    {
        Literals = literals;
        Patterns = patterns;
    }

    /// <summary>Paths that are meant as they are, cleaned.</summary>
    public IReadOnlyList<string> Literals { get; }

    /// <summary>Tests of paths; in them <c>*</c> crosses <c>/</c>.</summary>
    public IReadOnlyList<Func<string, bool>> Patterns { get; }

    /// <summary>Whether no path can match.</summary>
    public bool IsEmpty => Literals.Count == 0 && Patterns.Count == 0;

    /// <summary>Takes paths that may have wildcards in them; one that has none is meant as it is.</summary>
    public static PathPatterns FromWildcards(IEnumerable<string> paths)
    {
        var literals = new List<string>();
        var patterns = new List<Func<string, bool>>();
        foreach (string path in paths)
        {
            if (WildcardPattern.ContainsWildcardCharacters(path))
            {
                var pattern = new WildcardPattern(WithoutRoot(path), WildcardOptions.Compiled);
                patterns.Add(name => pattern.IsMatch(ShownPath.Show(name)));
            }
            else
            {
                literals.Add(ToName(WildcardPattern.Unescape(path)));
            }
        }

        return new PathPatterns(literals, patterns);
    }

    public static PathPatterns FromLiterals(IEnumerable<string> paths) => new(paths.Select(ToName).ToArray(), []);

    /// <summary>The name of an entry that a text stands for, as cmdlets show names: cleaned, and with the bytes that it says.</summary>
    public static string ToName(string path) => TarPath.Clean(ShownPath.Parse(path));

    public bool IsMatch(string path) => Literals.Contains(path) || Patterns.Any(pattern => pattern(path));

    private static string WithoutRoot(string path)
    {
        while (path.StartsWith('/') || path.StartsWith("./", StringComparison.Ordinal))
        {
            path = path[(path[0] == '/' ? 1 : 2)..];
        }

        return path.TrimEnd('/');
    }
}
