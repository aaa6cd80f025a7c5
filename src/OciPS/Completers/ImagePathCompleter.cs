// SPDX-License-Identifier: MIT

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using OciPS.Layers.Listings;
using OciPS.References;
using OciPS.Tar;

namespace OciPS.Completers;

/// <summary>Completes paths in the image typed before, folder by folder; only for layers whose listing is cached.</summary>
public sealed class ImagePathCompleter : IArgumentCompleter
{
    private const int MaximumResults = 500;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        // A literal path is inserted unchanged; in a pattern, wildcards are escaped.
        bool isLiteral = parameterName == "LiteralPath";
        string word = CompletionText.Unquote(wordToComplete ?? string.Empty);
        word = isLiteral ? word : WildcardPattern.Unescape(word);
        if (CompletionReference.In(fakeBoundParameters) is not { } reference)
        {
            return [];
        }

        string root = word.StartsWith('/') ? "/" : word.StartsWith("./", StringComparison.Ordinal) ? "./" : string.Empty;
        string path = word[root.Length..];
        string folder = path[..(path.LastIndexOf('/') + 1)];
        var found = new SortedDictionary<string, bool>(StringComparer.Ordinal);
        IEnumerable<(string Name, TarEntryType Type)> entries = Layers(reference, fakeBoundParameters["Platform"] as string)
            .SelectMany(listing => listing.Entries).Select(entry => (ShownPath.Show(entry.Name), entry.Type));
        foreach ((string shown, TarEntryType type) in entries.Where(entry => entry.Name.StartsWith(path, StringComparison.Ordinal)))
        {
            int slash = shown.IndexOf('/', folder.Length);
            string name = slash < 0 ? shown : shown[..slash];
            found[name] = (found.TryGetValue(name, out bool isFolder) && isFolder) || slash >= 0 || type == TarEntryType.Directory;
        }

        return found.Where(item => !TarPath.IsWhiteout(item.Key)).Take(MaximumResults).Select(item => CompletionText.Result(
            root + (isLiteral ? item.Key : WildcardPattern.Escape(item.Key)) + (item.Value ? "/" : string.Empty),
            TarPath.GetName(item.Key) + (item.Value ? "/" : string.Empty)));
    }

    private static IEnumerable<LayerListing> Layers(string reference, string? platform)
    {
        object? manifest = Ask(reference, platform);
        if (manifest is OciIndex)
        {
            manifest = Ask(reference, $"{Platform.Default.OS}/{Platform.Default.Architecture}");
        }

        return (manifest as OciManifest)?.Layers.Select(layer => ModuleSession.Current.Listings.Find(Digest.Parse(layer.Digest)))
            .OfType<LayerListing>()
            ?? [];
    }

    private static object? Ask(string reference, string? platform) =>
        CompletionQuery.Ask("Get-OciManifest", reference, platform).Select(answer => answer.BaseObject).FirstOrDefault();
}
