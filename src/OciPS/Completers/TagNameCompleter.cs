// SPDX-License-Identifier: MIT

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace OciPS.Completers;

/// <summary>Completes tags of the repository typed before.</summary>
public sealed class TagNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = CompletionText.Unquote(wordToComplete ?? string.Empty);
        return CompletionReference.In(fakeBoundParameters) is not { } reference
            ? []
            : CompletionQuery.Ask("Get-OciTag", reference).Select(found => found.BaseObject).OfType<OciTag>()
                .Where(found => found.Name.StartsWith(word, StringComparison.Ordinal))
                .Select(found => CompletionText.Result(found.Name, tip: found.Reference));
    }
}
