// SPDX-License-Identifier: MIT

using System.ComponentModel;
using System.Management.Automation;

namespace OciPS.Views;

/// <summary>Cells of the views of differences; see <see cref="TextCells"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class DifferenceCells
{
    private const int WhatWidth = 32;

    /// <summary>The change, with a question mark if it is not certain.</summary>
    public static string Change(PSObject item) =>
        TextCells.Get(item, nameof(OciImageDifference.Change))
        + (new SavedObject(item).Flag(nameof(OciImageDifference.IsExact)) ? string.Empty : "?");

    /// <summary>The kind of difference, and the platform of the images if there is one.</summary>
    public static string KindGroup(PSObject item) =>
        TextCells.Get(item, nameof(OciImageDifference.Kind)) + (
            TextCells.Platform(item) is { Length: > 0 } platform ? $" ({platform})" : string.Empty);

    /// <summary>The changes in short: <c>Size, Content</c>, or the values of a config.</summary>
    public static string What(PSObject item)
    {
        var difference = new SavedObject(item);
        IReadOnlyList<string> properties = difference.Texts(nameof(OciImageDifference.Properties));
        object? value = difference.Value(nameof(OciImageDifference.After)) ?? difference.Value(nameof(OciImageDifference.Before));
        PSObject? side = value is null ? null : PSObject.AsPSObject(value);
        return difference.Text(nameof(OciImageDifference.Kind)) switch
        {
            "Layer" => side is null ? string.Empty : TextCells.Size(side),
            "File" when properties.Count > 0 => Short(string.Join(", ", properties)),
            "File" => side is null ? string.Empty : $"{FileCells.Mode(side)} {TextCells.Size(side)}",
            _ when difference.Text(nameof(OciImageDifference.Change)) == "Changed" =>
                Short($"{difference.Text(nameof(OciImageDifference.Before))} -> {difference.Text(nameof(OciImageDifference.After))}"),
            _ => Short($"{side}"),
        };
    }

    /// <summary>The end of the file's path or of the value's name; the beginning of a layer's digest.</summary>
    public static string? NameTail(PSObject item) => new SavedObject(item).Text(nameof(OciImageDifference.Kind)) == "Layer"
        ? TextCells.Short(TextCells.Name(item))
        : ConsoleWidth.CutInFront(TextCells.Name(item), used: 42);

    /// <summary>The changed properties of a file.</summary>
    public static string[] Properties(PSObject item) => TextCells.All(item, nameof(OciImageDifference.Properties));

    /// <summary>The state in the first image.</summary>
    public static string? Before(PSObject item) => TextCells.Get(item, nameof(OciImageDifference.Before));

    /// <summary>The state in the second image.</summary>
    public static string? After(PSObject item) => TextCells.Get(item, nameof(OciImageDifference.After));

    private static string Short(string text)
    {
        string line = TerminalText.Escape(text.ReplaceLineEndings(" "));
        return line.Length <= WhatWidth ? line : line[..(WhatWidth - 1)] + "…";
    }
}
