// SPDX-License-Identifier: MIT

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using OciPS.Registry.Auth;

namespace OciPS.Completers;

/// <summary>Completes registries: those of this session, and those for which other tools keep credentials.</summary>
public sealed class RegistryCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = CompletionText.Unquote(wordToComplete ?? string.Empty);
        return Known().Where(registry => registry.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .Select(registry => CompletionText.Result(registry));
    }

    internal static IEnumerable<string> Known() => ModuleSession.Current.Registries.Connections.Select(connection => connection.Registry)
        .Concat(ModuleSession.Current.Registries.Seen.Names.Select(name => name[..name.IndexOf('/', StringComparison.Ordinal)]))
        .Concat(CredentialFinder.Files.SelectMany(file => new CredentialFile(file).ReadKeys()).Select(CredentialKey.GetRegistry))
        .Distinct(StringComparer.OrdinalIgnoreCase)
        .Order(StringComparer.OrdinalIgnoreCase);
}
