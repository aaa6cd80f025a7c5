// SPDX-License-Identifier: MIT

using System.Text.RegularExpressions;
using OciPS.Files;

namespace OciPS;

/// <summary>A line of a file in an image that matches a search.</summary>
/// <remarks>
/// It has the properties Reference and FullName, so it can be piped to cmdlets that take files, to remove them for example.
/// </remarks>
public sealed class OciFileMatch
{
    internal OciFileMatch(OciImageFile file, FoundLine found)
    {
        Reference = file.Reference;
        Tag = file.Tag;
        DigestReference = file.DigestReference;
        Platform = file.Platform;
        FullName = file.FullName;
        LayerDigest = file.LayerDigest;
        LayerIndex = file.LayerIndex;
        LineNumber = found.Number;
        Line = found.Line;
        Pattern = found.Pattern?.ToString();
        Matches = found.Matches.Select(match => new OciTextMatch(match)).ToArray();
        Before = found.Before.ToArray();
        After = found.After.ToArray();
    }

    internal OciFileMatch(SavedObject saved)
    {
        Reference = saved.Text(nameof(Reference));
        Tag = saved.OptionalText(nameof(Tag));
        DigestReference = saved.OptionalText(nameof(DigestReference));
        Platform = saved.OptionalText(nameof(Platform));
        FullName = saved.Text(nameof(FullName));
        LayerDigest = saved.Text(nameof(LayerDigest));
        LayerIndex = (int)saved.Number(nameof(LayerIndex));
        LineNumber = saved.Number(nameof(LineNumber));
        Line = saved.Text(nameof(Line));
        Pattern = saved.OptionalText(nameof(Pattern));
        Matches = saved.Objects<OciTextMatch>(nameof(Matches));
        Before = saved.Texts(nameof(Before));
        After = saved.Texts(nameof(After));
    }

    /// <summary>The image's reference.</summary>
    public string Reference { get; }

    /// <summary>The tag in the reference, if there is one.</summary>
    public string? Tag { get; }

    /// <summary>The file's path in the image, without a leading slash.</summary>
    public string FullName { get; }

    /// <summary>The number of the line, from 1.</summary>
    public long LineNumber { get; }

    /// <summary>The line, without its line break.</summary>
    public string Line { get; }

    /// <summary>The matches in the line; empty with <c>-NotMatch</c>.</summary>
    public IReadOnlyList<OciTextMatch> Matches { get; }

    /// <summary>The pattern that matches, as a regular expression; null with <c>-NotMatch</c>.</summary>
    public string? Pattern { get; }

    /// <summary>The lines before the match, according to <c>-Context</c>.</summary>
    public IReadOnlyList<string> Before { get; }

    /// <summary>The lines after the match, according to <c>-Context</c>.</summary>
    public IReadOnlyList<string> After { get; }

    /// <summary>The index of the layer with the file; the base is 0.</summary>
    public int LayerIndex { get; }

    /// <summary>The digest of the layer with the file.</summary>
    public string LayerDigest { get; }

    /// <summary>The digest reference of the image with the file, which is one of several if <see cref="Reference"/> is an index.</summary>
    public string? DigestReference { get; }

    /// <summary>
    /// The platform of the image according to its index: <c>linux/arm64/v8</c>; null if the image is in no index and was not selected by
    /// platform.
    /// </summary>
    public string? Platform { get; }

    /// <summary>The file, the line number and the line: <c>etc/app.conf:3:password=x</c>.</summary>
    public override string ToString() => $"{FullName}:{LineNumber}:{Line}";
}

/// <summary>A match of a pattern in a line.</summary>
public sealed class OciTextMatch
{
    internal OciTextMatch(Match match)
    {
        Value = match.Value;
        Index = match.Index;
        Length = match.Length;
        Groups = match.Groups.Values.Select(group => new OciTextGroup(group)).ToArray();
    }

    internal OciTextMatch(SavedObject saved)
    {
        Value = saved.Text(nameof(Value));
        Index = (int)saved.Number(nameof(Index));
        Length = (int)saved.Number(nameof(Length));
        Groups = saved.Objects<OciTextGroup>(nameof(Groups));
    }

    /// <summary>The text.</summary>
    public string Value { get; }

    /// <summary>The position in the line, from 0.</summary>
    public int Index { get; }

    /// <summary>The number of characters.</summary>
    public int Length { get; }

    /// <summary>The groups of the pattern; the first one is the whole match.</summary>
    public IReadOnlyList<OciTextGroup> Groups { get; }

    /// <summary>The text.</summary>
    public override string ToString() => Value;
}

/// <summary>A group of a match.</summary>
public sealed class OciTextGroup
{
    internal OciTextGroup(Group group)
    {
        Name = group.Name;
        Value = group.Value;
        Success = group.Success;
    }

    internal OciTextGroup(SavedObject saved)
    {
        Name = saved.Text(nameof(Name));
        Value = saved.Text(nameof(Value));
        Success = saved.Flag(nameof(Success));
    }

    /// <summary>The group's name or number.</summary>
    public string Name { get; }

    /// <summary>The text; empty if the group did not match.</summary>
    public string Value { get; }

    /// <summary>Whether the group matched.</summary>
    public bool Success { get; }

    /// <summary>The text.</summary>
    public override string ToString() => Value;
}
