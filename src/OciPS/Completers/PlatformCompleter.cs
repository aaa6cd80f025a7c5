// SPDX-License-Identifier: MIT

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace OciPS.Completers;

/// <summary>Completes the platforms of the image typed before.</summary>
public sealed class PlatformCompleter : IArgumentCompleter
{
    private static readonly string[] s_usual = ["linux/amd64", "linux/arm64", "linux/arm/v7", "windows/amd64"];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = CompletionText.Unquote(wordToComplete ?? string.Empty);
        string? reference = CompletionReference.In(fakeBoundParameters);
        IEnumerable<string> platforms = reference is null
            ? s_usual
            : CompletionQuery.Ask("Get-OciPlatform", reference).Select(platform => platform.ToString());
        return platforms.Distinct(StringComparer.Ordinal).Where(platform => platform.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .Select(platform => CompletionText.Result(platform));
    }
}
