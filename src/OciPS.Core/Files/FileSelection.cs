// SPDX-License-Identifier: MIT

using OciPS.Tar;

namespace OciPS.Files;

/// <summary>Which entries the user selects, and which of the requested paths were found.</summary>
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

    /// <summary>Whether directories are selected with their contents.</summary>
    public bool Recurse { get; }

    /// <summary>Whether a filter selects entries; it may read content, and needs the entries in order.</summary>
    public bool HasFilter => _filter is not null;

    /// <summary>Literal paths without an entry.</summary>
    public IEnumerable<string> Missing =>
        _rules.Where(rule => rule is { Literal: not null, Matched: false, IsDirectory: false }).Select(rule => rule.Literal!);

    /// <summary>Literal paths of directories, which are not selected without recursion.</summary>
    public IEnumerable<string> RefusedDirectories => _rules.Where(rule => rule.IsDirectory && !Recurse).Select(rule => rule.Literal!);

    /// <summary>Creates a selection by path.</summary>
    /// <param name="literals">Literal paths.</param>
    /// <param name="patterns">Predicates for paths.</param>
    /// <param name="recurse">Whether directories are selected with their contents.</param>
    public static FileSelection ByPath(IEnumerable<string> literals, IEnumerable<Func<string, bool>> patterns, bool recurse) => new(
        [
            .. literals.Select(TarPath.Clean).Distinct().Select(path => new Rule(path, null)),
            .. patterns.Select(pattern => new Rule(null, pattern)),
        ],
        null,
        recurse);

    /// <summary>Creates a selection by a predicate for entries with their content.</summary>
    public static FileSelection ByFilter(Func<ImageFile, CancellationToken, ValueTask<bool>> filter, bool recurse) =>
        new([], filter, recurse);

    /// <summary>
    /// Whether an entry itself is selected. The contents of directories that the filter selects are known only after all entries.
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
            // Several threads call this: a found flag is only ever set.
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
