// SPDX-License-Identifier: MIT

using System.Text.Json;
using OciPS.Manifests;
using OciPS.Manifests.Json;

namespace OciPS;

/// <summary>A build step of an image.</summary>
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

    /// <summary>When the step ran, in this machine's time zone; null if unknown.</summary>
    public DateTime? Created { get; }

    /// <summary>The command of the step.</summary>
    public string? CreatedBy { get; }

    /// <summary>The author of the step.</summary>
    public string? Author { get; }

    /// <summary>A comment.</summary>
    public string? Comment { get; }

    /// <summary>Whether the step changed no files, and so has no layer.</summary>
    public bool EmptyLayer { get; }

    /// <summary>The command.</summary>
    public override string ToString() => CreatedBy ?? string.Empty;
}
