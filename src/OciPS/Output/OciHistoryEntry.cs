// SPDX-License-Identifier: MIT

using System.Text.Json;
using OciPS.Manifests;
using OciPS.Manifests.Json;

namespace OciPS;

/// <summary>A step in which an image was built.</summary>
/// <remarks>Image specification, "Image Configuration", property <c>history</c>.</remarks>
public sealed class OciHistoryEntry
{
    internal OciHistoryEntry(JsonElement json, string what)
    {
        Created = OciImageConfig.ReadDate(json, "created");
        CreatedBy = json.OptionalString("created_by", what);
        Author = json.OptionalString("author", what);
        Comment = json.OptionalString("comment", what);
        EmptyLayer = !ImageConfig.IsNonEmpty(json);
    }

    internal OciHistoryEntry(SavedObject saved)
    {
        Created = saved.Date(nameof(Created));
        CreatedBy = saved.OptionalText(nameof(CreatedBy));
        Author = saved.OptionalText(nameof(Author));
        Comment = saved.OptionalText(nameof(Comment));
        EmptyLayer = saved.Flag(nameof(EmptyLayer));
    }

    /// <summary>When, in this machine's time zone; null if it is not known.</summary>
    public DateTime? Created { get; }

    /// <summary>The command.</summary>
    public string? CreatedBy { get; }

    /// <summary>Who.</summary>
    public string? Author { get; }

    /// <summary>A remark.</summary>
    public string? Comment { get; }

    /// <summary>Whether the step changed no files, so that it has no layer.</summary>
    public bool EmptyLayer { get; }

    /// <summary>The command.</summary>
    public override string ToString() => CreatedBy ?? string.Empty;
}
