// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Images;

/// <summary>Reads the matching tags of a repository, a layout or an archive.</summary>
/// <remarks>Distribution specification, "Pulling manifests", defines valid tags. A warning names invalid ones.</remarks>
internal sealed class TagReader(IImageStore store, ImageReference place, OperationContext operation)
{
    private const int MaximumNamed = 5;
    private const int MaximumShown = 128;

    private readonly List<string> _refused = [];

    /// <summary>Matching names that are not valid tags.</summary>
    public IReadOnlyList<string> Refused => _refused;

    /// <summary>Reads the matching tags.</summary>
    /// <param name="isWanted">Whether a tag matches.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async IAsyncEnumerable<string> ReadAsync(
        Func<string, bool> isWanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (string tag in store.ListTagsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!isWanted(tag))
            {
                continue;
            }

            if (IsTag(tag))
            {
                yield return tag;
            }
            else
            {
                _refused.Add(tag);
            }
        }

        if (_refused.Count > 0)
        {
            string more = _refused.Count > MaximumNamed ? $" and {_refused.Count - MaximumNamed} more" : string.Empty;
            string names = string.Join(", ", _refused.Take(MaximumNamed).Select(Quote));
            operation.Log.Warning($"'{place.Name}' has tags that the specification does not allow; they are left out: {names}{more}.");
        }
    }

    // Layouts and archives may have image names that are not valid tags.
    private bool IsTag(string tag) =>
        place.Syntax.Tags == TagRule.Specified ? ReferenceParser.IsTag(tag) : TerminalText.Escape(tag) == tag;

    private static string Quote(string tag) => $"'{(tag.Length > MaximumShown ? tag[..MaximumShown] + "…" : tag)}'";
}
