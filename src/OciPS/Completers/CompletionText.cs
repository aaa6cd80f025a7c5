// SPDX-License-Identifier: MIT

using System.Buffers;
using System.Management.Automation;

namespace OciPS.Completers;

/// <summary>Reads what people typed so far, and writes what they may mean, in quotes where PowerShell needs them.</summary>
internal static class CompletionText
{
    private const string Quotes = "'\"";

    private static readonly SearchValues<char> s_special = SearchValues.Create(" \t'\"`$;,&|(){}<>");

    /// <summary>The word without the quote that it begins with.</summary>
    public static string Unquote(string word)
    {
        if (word.Length == 0 || !Quotes.Contains(word[0], StringComparison.Ordinal))
        {
            return word;
        }

        char quote = word[0];
        string inner = word.Length > 1 && word[^1] == quote ? word[1..^1] : word[1..];
        return quote == '\'' ? inner.Replace("''", "'", StringComparison.Ordinal) : inner;
    }

    /// <summary>A result that stands for a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="shown">What the list shows of it; null for all.</param>
    /// <param name="tip">What it is.</param>
    public static CompletionResult Result(string value, string? shown = null, string? tip = null) =>
        new(Quote(value), shown ?? value, CompletionResultType.ParameterValue, string.IsNullOrEmpty(tip) ? value : tip);

    private static string Quote(string value)
    {
        bool isSpecial = value.Length == 0 || value.AsSpan().IndexOfAny(s_special) >= 0 || value[0] is '@' or '#' or '-';
        return isSpecial ? $"'{value.Replace("'", "''", StringComparison.Ordinal)}'" : value;
    }
}
