// SPDX-License-Identifier: MIT

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace OciPS.Completers;

/// <summary>Completes encodings: the names that Get-Content accepts.</summary>
public sealed class EncodingCompleter : IArgumentCompleter
{
    private static readonly string[] s_names =
        ["ansi", "ascii", "bigendianunicode", "bigendianutf32", "oem", "unicode", "utf7", "utf8", "utf8BOM", "utf8NoBOM", "utf32"];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = CompletionText.Unquote(wordToComplete ?? string.Empty);
        var pattern = new WildcardPattern(word + "*", WildcardOptions.IgnoreCase);
        return s_names.Where(pattern.IsMatch).Select(name => CompletionText.Result(name));
    }
}
