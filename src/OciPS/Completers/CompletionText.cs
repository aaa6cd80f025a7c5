// SPDX-License-Identifier: MIT

using System.Buffers;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;

namespace OciPS.Completers;

/// <summary>Parses the word to complete, and formats results with quotes where PowerShell needs them.</summary>
internal static class CompletionText
{
    private const string Quotes = "'\"";

    private static readonly SearchValues<char> s_special = SearchValues.Create(
        " \t'\"`$;,&|(){}<>\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u00a0\u0085");

    // The characters that need escaping in a double-quoted string.
    private static readonly SearchValues<char> s_expanded = SearchValues.Create("`$\"\u201c\u201d\u201e");

    /// <summary>The word without its opening quote.</summary>
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

    /// <summary>Creates a completion result.</summary>
    /// <param name="value">The value.</param>
    /// <param name="shown">The text in the list; null for the value.</param>
    /// <param name="tip">The tooltip.</param>
    public static CompletionResult Result(string value, string? shown = null, string? tip = null) =>
        new(
            Quote(value),
            TerminalText.Escape(shown ?? value),
            CompletionResultType.ParameterValue,
            TerminalText.Escape(string.IsNullOrEmpty(tip) ? value : tip));

    // PowerShell treats typographic quotes and dashes as plain ones.
    private static string Quote(string value)
    {
        if (TerminalText.Escape(value) != value)
        {
            return DoubleQuote(value);
        }

        bool isSpecial = value.Length == 0
            || value.AsSpan().IndexOfAny(s_special) >= 0
            || value[0] is '@' or '#' or '-' or '\u2013' or '\u2014' or '\u2015';
        return isSpecial ? $"'{CodeGeneration.EscapeSingleQuotedStringContent(value)}'" : value;
    }

    /// <summary>A string with control characters escaped.</summary>
    private static string DoubleQuote(string value)
    {
        var text = new StringBuilder("\"");
        foreach (char letter in value)
        {
            string one = letter.ToString();
            bool isShown = char.IsSurrogate(letter) || TerminalText.Escape(one) == one;
            text.Append(!isShown ? string.Create(
                CultureInfo.InvariantCulture, $"`u{{{(int)letter:x}}}") : s_expanded.Contains(letter) ? "`" + one : one);
        }

        return text.Append('"').ToString();
    }
}
