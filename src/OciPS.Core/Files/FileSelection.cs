// SPDX-License-Identifier: MIT

using OciPS.Tar;

namespace OciPS.Files;

/// <summary>Which entries the user means, and what became of each thing that was asked for.</summary>
internal sealed class FileSelection
{
    private readonly IReadOnlyList<Rule> _rules;
    private readonly Func<ImageFile, CancellationToken, ValueTask<bool>>? _filter;

    private FileSelection(IReadOnlyList<Rule> rules, Func<ImageFile, CancellationToken, ValueTask<bool>>? filter, bool recurse)
    {
        _rules = rules;
        _filter = filter;
        Recurse = recurse;
    }

    /// <summary>Whether directories go, with all that is below them.</summary>
    public bool Recurse { get; }

    /// <summary>Whether a test decides that sees content, and wants to see entries in their order.</summary>
    public bool HasFilter => _filter is not null;

    /// <summary>Literal paths that no entry has.</summary>
    public IEnumerable<string> Missing =>
        _rules.Where(rule => rule is { Literal: not null, Matched: false, IsDirectory: false }).Select(rule => rule.Literal!);

    /// <summary>Literal paths of directories, which stay since nobody asked to recurse.</summary>
    public IEnumerable<string> RefusedDirectories => _rules.Where(rule => rule.IsDirectory && !Recurse).Select(rule => rule.Literal!);

    /// <summary>A selection by path.</summary>
    /// <param name="literals">Paths as they are.</param>
    /// <param name="patterns">Tests of paths.</param>
    /// <param name="recurse">Whether directories go, with all that is below them.</param>
    public static FileSelection ByPath(IEnumerable<string> literals, IEnumerable<Func<string, bool>> patterns, bool recurse) => new(
        [.. literals.Select(TarPath.Clean)
            .Distinct()
            .Select(path => new Rule(path, null)), .. patterns.Select(pattern => new Rule(null, pattern))], null, recurse);

    /// <summary>A selection by a test that sees entries with their content.</summary>
    public static FileSelection ByFilter(Func<ImageFile, CancellationToken, ValueTask<bool>> filter, bool recurse) =>
        new([], filter, recurse);

    /// <summary>
    /// Whether an entry is selected by itself; what is below a directory that the filter selects is known only when all was seen.
    /// </summary>
    public async ValueTask<bool> TestAsync(ImageFile file, CancellationToken cancellationToken)
    {
        TarEntry entry = file.Entry;
        if (entry.Name.Length == 0)
        {
            return false;
        }

        if (_filter is not null)
        {
            return entry.Type != TarEntryType.Whiteout
                && (Recurse || entry.Type != TarEntryType.Directory)
                && await _filter(file, cancellationToken).ConfigureAwait(false);
        }

        bool selected = false;
        foreach (Rule rule in _rules)
        {
            selected |= rule.Literal is null ? IsMatch(rule.Pattern!, entry) : IsMatch(rule, entry);
        }

        return selected;
    }

    private bool IsMatch(Rule rule, TarEntry entry)
    {
        bool isSame = entry.Name == rule.Literal;
        bool isBelow = TarPath.IsBelow(entry.Name, rule.Literal!);
        if (isBelow || (isSame && entry.Type == TarEntryType.Directory))
        {
            // Several layers are asked about at once: what is found is set, and never unset.
            if (entry.Type != TarEntryType.Whiteout || Recurse)
            {
                rule.IsDirectory = true;
            }

            return Recurse;
        }

        bool matches = isSame && entry.Type != TarEntryType.Whiteout;
        if (matches)
        {
            rule.Matched = true;
        }

        return matches;
    }

    private bool IsMatch(Func<string, bool> pattern, TarEntry entry) => Recurse
        ? (entry.Type != TarEntryType.Whiteout && pattern(entry.Name)) || TarPath.GetAncestors(entry.Name).Any(pattern)
        : entry.Type is not (TarEntryType.Directory or TarEntryType.Whiteout) && pattern(entry.Name);

    private sealed class Rule(string? literal, Func<string, bool>? pattern)
    {
        public string? Literal { get; } = literal;

        public Func<string, bool>? Pattern { get; } = pattern;

        public bool Matched { get; set; }

        public bool IsDirectory { get; set; }
    }
}
