// SPDX-License-Identifier: MIT

using System.ComponentModel;
using System.Management.Automation;
using OciPS.Tar;

namespace OciPS.Views;

/// <summary>Cells of the views of files in images, and of lines of them; see <see cref="TextCells"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FileCells
{
    private const string Letters = "rwxrwxrwx";

    /// <summary>A type and permissions as <c>ls</c> shows them: <c>-rwxr-xr-x</c>.</summary>
    public static string Mode(PSObject item)
    {
        var file = new SavedObject(item);
        var mode = (UnixFileMode)SavedFile.ParseMode(file.Text(nameof(OciImageFile.Mode)));
        var text = new char[1 + Letters.Length];
        text[0] = file.Text(nameof(OciImageFile.Type)) switch
        {
            nameof(OciFileType.Directory) => 'd',
            nameof(OciFileType.SymbolicLink) => 'l',
            nameof(OciFileType.HardLink) => 'h',
            nameof(OciFileType.CharacterDevice) => 'c',
            nameof(OciFileType.BlockDevice) => 'b',
            nameof(OciFileType.Fifo) => 'p',
            nameof(OciFileType.Whiteout) => 'w',
            _ => '-',
        };
        for (int i = 0; i < Letters.Length; i++)
        {
            text[i + 1] = ((int)mode & (0x100 >> i)) != 0 ? Letters[i] : '-';
        }

        SetSpecial(text, 3, mode.HasFlag(UnixFileMode.SetUser), 's');
        SetSpecial(text, 6, mode.HasFlag(UnixFileMode.SetGroup), 's');
        SetSpecial(text, 9, mode.HasFlag(UnixFileMode.StickyBit), 't');
        return new string(text);
    }

    /// <summary>The user id and the group id.</summary>
    public static string Owner(PSObject item)
    {
        var file = new SavedObject(item);
        return $"{file.Number(nameof(OciImageFile.Uid))}:{file.Number(nameof(OciImageFile.Gid))}";
    }

    /// <summary>The modification time, without seconds.</summary>
    public static string? Time(PSObject item) => DisplayText.Date(new SavedObject(item).Date(nameof(OciImageFile.LastWriteTime)));

    /// <summary>The path, and the target of a link.</summary>
    public static string? FullNameAndTarget(PSObject item) => AndTarget(item, TextCells.FullName(item));

    /// <summary>The last part of the path, and the target of a link.</summary>
    public static string? NameAndTarget(PSObject item) => AndTarget(item, Name(item));

    /// <summary>The last part of the path; computed, since only the full path is serialised.</summary>
    public static string? Name(PSObject item) => TextCells.FullName(item) is { } path ? TarPath.GetName(path) : null;

    /// <summary>The target of a link.</summary>
    public static string? LinkTarget(PSObject item) => TextCells.Get(item, nameof(OciImageFile.LinkTarget));

    /// <summary>The layer's index and digest.</summary>
    public static string Layer(PSObject item) =>
        $"{new SavedObject(item).Number(nameof(OciImageFile.LayerIndex))} ({TextCells.LayerDigest(item)})";

    /// <summary>The image, its platform and the layer: the group header of a table.</summary>
    public static string Group(PSObject item)
    {
        long layer = new SavedObject(item).Number(nameof(OciImageFile.LayerIndex));
        return $"{Image(item)}, layer {layer} ({TextCells.Short(TextCells.LayerDigest(item))})";
    }

    /// <summary>The parent folder of a file in a drive.</summary>
    public static string? Folder(PSObject item)
    {
        const string ProviderMark = "::";
        string path = new SavedObject(item).Text("PSParentPath");
        int mark = path.IndexOf(ProviderMark, StringComparison.Ordinal);
        string parent = mark < 0 ? path : path[(mark + ProviderMark.Length)..];
        return DisplayText.Text(new SavedObject(item).Value("PSDrive") is PSDriveInfo drive && parent.Length >= drive.Root.Length
            ? $"{drive.Name}:/{parent[drive.Root.Length..].TrimStart('/', '\\')}"
            : parent);
    }

    internal static string Image(PSObject item) =>
        TextCells.Platform(item) is { Length: > 0 } platform
            ? $"{TextCells.ShortReference(item)} ({platform})"
            : $"{TextCells.ShortReference(item)}";

    private static string? AndTarget(PSObject item, string? name) =>
        LinkTarget(item) is { Length: > 0 } target ? $"{name} -> {target}" : name;

    private static void SetSpecial(char[] text, int position, bool isSet, char letter)
    {
        if (isSet)
        {
            text[position] = text[position] == 'x' ? letter : char.ToUpperInvariant(letter);
        }
    }
}
