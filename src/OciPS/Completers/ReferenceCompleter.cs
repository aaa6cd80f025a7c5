// SPDX-License-Identifier: MIT

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using OciPS.References;

namespace OciPS.Completers;

/// <summary>Completes references: transports and local paths, registries and repositories of this session, and tags.</summary>
public sealed class ReferenceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = CompletionText.Unquote(wordToComplete ?? string.Empty);
        TransportSyntax? transport = TransportSyntax.All.FirstOrDefault(
            transport => word.StartsWith(transport.Prefix, StringComparison.Ordinal));
        if (transport is not (null or { Path: TransportPath.None }))
        {
            return CompletePath(transport, word[transport.Prefix.Length..]);
        }

        int colon = word.LastIndexOf(':');
        bool isTag = colon > 0 && word.LastIndexOf('/') is var slash && slash > 0 && slash < colon;
        return isTag ? CompleteTag(word[..colon], word[(colon + 1)..]) : CompleteName(transport?.Prefix, word);
    }

    private static IEnumerable<CompletionResult> CompleteTag(string repository, string tag) => CompletionQuery.Ask("Get-OciTag", repository)
        .Select(found => found.BaseObject).OfType<OciTag>()
        .Where(found => found.Name.StartsWith(tag, StringComparison.Ordinal))
        .Select(found => CompletionText.Result($"{repository}:{found.Name}", found.Name, found.Reference));

    private static IEnumerable<CompletionResult> CompleteName(string? prefix, string word)
    {
        IEnumerable<string> names = ModuleSession.Current.Registries.Seen.Names.Concat(
            RegistryCompleter.Known().Select(registry => registry + "/"));
        IEnumerable<string> all = prefix is not null
            ? names.Select(name => prefix + name)
            : TransportSyntax.All.OrderBy(transport => transport.Path == TransportPath.None)
                .Select(transport => transport.Prefix)
                .Concat(names);
        return all.Where(name => name.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .Distinct(StringComparer.Ordinal)
            .Select(name => CompletionText.Result(name));
    }

    private static IEnumerable<CompletionResult> CompletePath(TransportSyntax transport, string rest)
    {
        int colon = rest.LastIndexOf(':');
        if (colon > 0 && transport.Tags != TagRule.None && Path.Exists(CompletionLocation.ToFullPath(rest[..colon])))
        {
            return CompleteTag(transport.Prefix + rest[..colon], rest[(colon + 1)..]);
        }

        string folder = rest[..(rest.LastIndexOfAny(['/', '\\']) + 1)];
        string name = rest[folder.Length..];
        var parent = new DirectoryInfo(CompletionLocation.ToFullPath(folder.Length == 0 ? "." : folder));
        bool isFolder = transport.Path == TransportPath.Folder;
        return Entries(parent, name + "*").Where(entry => entry is DirectoryInfo || !isFolder)
            .Select(entry => CompletionText.Result(transport.Prefix + folder + entry.Name, entry.Name, entry.FullName));
    }

    private static IEnumerable<FileSystemInfo> Entries(DirectoryInfo folder, string pattern)
    {
        try
        {
            var options = new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive, AttributesToSkip = FileAttributes.System };
            return folder.GetFileSystemInfos(pattern, options).OrderBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }
}
