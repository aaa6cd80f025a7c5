// SPDX-License-Identifier: MIT

using System.ComponentModel;
using System.Management.Automation;

namespace OciPS.Views;

/// <summary>Cells of the views of matching lines; see <see cref="TextCells"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class MatchCells
{
    /// <summary>The image and its platform: the group header of a table.</summary>
    public static string Group(PSObject item) => FileCells.Image(item);

    /// <summary>The end of the path.</summary>
    public static string? FullNameTail(PSObject item) => ConsoleWidth.CutInFront(TextCells.FullName(item), used: 12, columns: 2);

    /// <summary>The line.</summary>
    public static string? Line(PSObject item) => TextCells.Get(item, nameof(OciFileMatch.Line));

    /// <summary>The pattern.</summary>
    public static string? Pattern(PSObject item) => TextCells.Get(item, nameof(OciFileMatch.Pattern));

    /// <summary>The matches.</summary>
    public static string[] Matches(PSObject item) => Values(item, nameof(OciFileMatch.Matches));

    /// <summary>The lines before the match.</summary>
    public static string[] Before(PSObject item) => TextCells.All(item, nameof(OciFileMatch.Before));

    /// <summary>The lines after the match.</summary>
    public static string[] After(PSObject item) => TextCells.All(item, nameof(OciFileMatch.After));

    /// <summary>The groups of the match.</summary>
    public static string[] Groups(PSObject item) => Values(item, nameof(OciTextMatch.Groups));

    private static string[] Values(PSObject item, string property) =>
        [.. new SavedObject(item).Parts(property).Select(part => TerminalText.Escape(part.Text(nameof(OciTextMatch.Value))))];
}
