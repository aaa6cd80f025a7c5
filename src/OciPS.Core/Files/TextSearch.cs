// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using OciPS.IO;

namespace OciPS.Files;

/// <summary>A line that a search found, with context.</summary>
/// <param name="Number">The line's number; the first one is 1.</param>
/// <param name="Line">The line, without its end.</param>
/// <param name="Pattern">The pattern that it matches; null in an inverted search.</param>
/// <param name="Matches">The matches in it.</param>
/// <param name="Before">The lines before it, as many as requested.</param>
/// <param name="After">The lines after it.</param>
internal sealed record FoundLine(
    long Number, string Line, Regex? Pattern, IReadOnlyList<Match> Matches, IReadOnlyList<string> Before, IReadOnlyList<string> After);

/// <summary>Searches text line by line.</summary>
internal sealed record TextSearch
{
    /// <summary>The longest line, in characters.</summary>
    public const int MaximumLine = 16 * 1024 * 1024;

    /// <summary>The patterns; a line is found once, by the first pattern that it matches.</summary>
    public required IReadOnlyList<Regex> Patterns { get; init; }

    /// <summary>Whether lines that match no pattern are found.</summary>
    public bool IsInverted { get; init; }

    /// <summary>The number of context lines before a found line.</summary>
    public int Before { get; init; }

    /// <summary>The number of context lines after a found line.</summary>
    public int After { get; init; }

    /// <summary>Searches a text, and reads no further than the caller enumerates.</summary>
    /// <param name="content">The text's bytes.</param>
    /// <param name="encoding">The encoding, unless a byte order mark specifies another one.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="InvalidInputException">A pattern takes too long.</exception>
    /// <exception cref="InvalidContentException">A line is too long.</exception>
    public async IAsyncEnumerable<FoundLine> FindAsync(
        Stream content, Encoding encoding, string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new TextLineReader(content, encoding, MaximumLine, name);
        var before = new Queue<string>();
        var waiting = new Queue<(FoundLine Found, List<string> After)>();
        for (long number = 1; await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach ((_, List<string> after) in waiting)
            {
                after.Add(line);
            }

            while (waiting.TryPeek(out (FoundLine Found, List<string> After) first) && first.After.Count >= After)
            {
                yield return waiting.Dequeue().Found;
            }

            if (Match(number, line, name) is { } found)
            {
                var after = new List<string>();
                found = found with { Before = [.. before], After = after };
                if (After == 0)
                {
                    yield return found;
                }
                else
                {
                    waiting.Enqueue((found, after));
                }
            }

            Remember(before, line);
        }

        foreach ((FoundLine found, _) in waiting)
        {
            yield return found;
        }
    }

    private void Remember(Queue<string> before, string line)
    {
        if (Before > 0)
        {
            if (before.Count == Before)
            {
                before.Dequeue();
            }

            before.Enqueue(line);
        }
    }

    private FoundLine? Match(long number, string line, string name)
    {
        foreach (Regex pattern in Patterns)
        {
            MatchCollection matches;
            try
            {
                matches = pattern.Matches(line);
                if (matches.Count == 0)
                {
                    continue;
                }
            }
            catch (RegexMatchTimeoutException error)
            {
                throw new InvalidInputException(
                    ErrorIds.PatternTimeout,
                    $"The pattern '{pattern}' took too long for line {number} of '{name}'. Avoid repetitions within repetitions.", error);
            }

            return IsInverted ? null : new FoundLine(number, line, pattern, matches, [], []);
        }

        return IsInverted ? new FoundLine(number, line, null, [], [], []) : null;
    }
}
