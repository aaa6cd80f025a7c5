// SPDX-License-Identifier: MIT

using System.ComponentModel;
using System.Management.Automation;

namespace OciPS.Views;

/// <summary>Cells of the views of configs and their history; see <see cref="TextCells"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ConfigCells
{
    /// <summary>The creation time and its age.</summary>
    public static string? Age(PSObject item) => DisplayText.Age(Created(item));

    /// <summary>The creation time, without seconds.</summary>
    public static string? Time(PSObject item) => DisplayText.Date(Created(item));

    /// <summary>The user.</summary>
    public static string? User(PSObject item) => TextCells.Get(item, nameof(OciImageConfig.User));

    /// <summary>The working directory.</summary>
    public static string? WorkingDir(PSObject item) => TextCells.Get(item, nameof(OciImageConfig.WorkingDir));

    /// <summary>The command.</summary>
    public static string[] Entrypoint(PSObject item) => TextCells.All(item, nameof(OciImageConfig.Entrypoint));

    /// <summary>The arguments.</summary>
    public static string[] Cmd(PSObject item) => TextCells.All(item, nameof(OciImageConfig.Cmd));

    /// <summary>The command with its arguments.</summary>
    public static string Command(PSObject item) => string.Join(' ', Entrypoint(item).Concat(Cmd(item)));

    /// <summary>Environment variables.</summary>
    public static string[] Env(PSObject item) => TextCells.All(item, nameof(OciImageConfig.Env));

    /// <summary>Ports.</summary>
    public static string[] ExposedPorts(PSObject item) => TextCells.All(item, nameof(OciImageConfig.ExposedPorts));

    /// <summary>Folders for data.</summary>
    public static string[] Volumes(PSObject item) => TextCells.All(item, nameof(OciImageConfig.Volumes));

    /// <summary>The labels, one a line.</summary>
    public static string? Labels(PSObject item) => TextCells.Pairs(item, nameof(OciImageConfig.Labels));

    /// <summary>The number of steps and layers.</summary>
    public static string History(PSObject item)
    {
        var config = new SavedObject(item);
        int steps = config.Parts(nameof(OciImageConfig.History)).Count();
        return $"{steps} entries, {config.Texts(nameof(OciImageConfig.DiffIds)).Count} layers";
    }

    /// <summary>The end of the reference; without the digest if it has a tag, since the platform is shown too.</summary>
    public static string? ReferenceTail(PSObject item)
    {
        string? reference = TextCells.ShortReference(item);
        int digest = reference?.LastIndexOf('@') ?? -1;
        bool hasTag = new SavedObject(item).Text(nameof(OciImageConfig.Tag)).Length > 0;
        return ConsoleWidth.CutInFront(hasTag && digest > 0 ? reference![..digest] : reference, used: 44, columns: 2);
    }

    private static DateTime? Created(PSObject item) => new SavedObject(item).Date(nameof(OciImageConfig.Created));
}
