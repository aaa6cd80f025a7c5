// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Tar;

namespace OciPS;

/// <summary>Paths in images from parameters: literal ones, and case-sensitive PowerShell wildcards.</summary>
internal sealed class PathPatterns
{
    private PathPatterns(IReadOnlyList<string> literals, IReadOnlyList<Func<string, bool>> patterns)
    {
        Literals = literals;
        Patterns = patterns;
    }

    /// <summary>Literal paths, normalised.</summary>
    public IReadOnlyList<string> Literals { get; }

    /// <summary>Tests of paths; <c>*</c> also matches <c>/</c>.</summary>
    public IReadOnlyList<Func<string, bool>> Patterns { get; }

    /// <summary>Whether no path can match.</summary>
    public bool IsEmpty => Literals.Count == 0 && Patterns.Count == 0;

    /// <summary>Parses paths with wildcards; a path without any is literal.</summary>
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

    /// <summary>The entry name for a displayed text: normalised and unescaped.</summary>
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
