// SPDX-License-Identifier: MIT

using OciPS.Files;
using OciPS.Storage;
using OciPS.Tar;

namespace OciPS.Export;

/// <summary>Writes files of an image into a folder, and never outside of it.</summary>
/// <param name="root">The folder.</param>
/// <param name="overwrite">Whether existing files are replaced.</param>
/// <param name="maximumSize">The largest file to write, in bytes.</param>
internal sealed class FileExporter(string root, bool overwrite, long maximumSize)
{
    private const UnixFileMode Permissions = (UnixFileMode)0x1FF;

    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));

    /// <summary>The folder in the image that target paths are relative to; empty for the root.</summary>
    public string RelativeTo { get; init; } = string.Empty;

    /// <summary>The target path of a file.</summary>
    /// <exception cref="InvalidContentException">The target would be outside of the folder.</exception>
    /// <exception cref="InvalidInputException">The file is not below <see cref="RelativeTo"/>.</exception>
    public string FindTarget(ImageFile file)
    {
        TarEntry entry = file.Entry;
        if (entry.HasUnsafeName || entry.Name.Length == 0 || entry.Name.Split('/').Any(IsImpossibleName))
        {
            throw new InvalidContentException(
                ErrorIds.UnsafePath,
                $"'{entry.Name}' in layer {file.LayerIndex} is not written: its name in the archive is absolute, has a '..' or a control "
                    + "character in it, or is not valid on this system.");
        }

        string name = GetName(entry);
        if (name.Length == 0)
        {
            return _root;
        }

        string target = Path.Combine([_root, .. name.Split('/')]);
        foreach (string ancestor in TarPath.GetAncestors(name))
        {
            CheckAncestor(entry, Path.Combine([_root, .. ancestor.Split('/')]));
        }

        return target;
    }

    /// <summary>Writes a file to the path from <see cref="FindTarget"/>.</summary>
    public async Task ExportAsync(ImageFile file, string target, CancellationToken cancellationToken)
    {
        if (file.Entry.Type == TarEntryType.Directory)
        {
            CreateDirectory(file.Entry, target);
            return;
        }

        MakeWay(file.Entry, target);
        switch (file.Entry.Type)
        {
            case TarEntryType.File or TarEntryType.HardLink:
                CheckSize(file.Entry, file.Entry.Size);
                Stream content = await file.OpenAsync(cancellationToken).ConfigureAwait(false);
                await using (content.ConfigureAwait(false))
                {
                    // A link has the size of its target.
                    CheckSize(file.Entry, content.Length);
                    CreateFolder(Path.GetDirectoryName(target)!);
                    await WriteAsync(content, file.Entry, target, cancellationToken).ConfigureAwait(false);
                }

                break;
            case TarEntryType.SymbolicLink:
                CreateFolder(Path.GetDirectoryName(target)!);
                CreateLink(file.Entry, target);
                break;
            default:
                throw new InvalidInputException(
                    ErrorIds.UnsupportedFileType, $"'{file.Entry.Name}' is a {file.Entry.Type}, and those are not written.");
        }
    }

    private string GetName(TarEntry entry) => RelativeTo.Length == 0 ? entry.Name
        : TarPath.IsBelow(entry.Name, RelativeTo) ? entry.Name[(RelativeTo.Length + 1)..]
        : entry.Name == RelativeTo && entry.Type == TarEntryType.Directory ? string.Empty
        : throw new InvalidInputException(
            ErrorIds.NotBelowFolder,
            $"'{entry.Name}' is not written: it is not below '{RelativeTo}', the folder that paths are relative to.");

    // Windows forbids some names, and takes others for streams of other files.
    private static bool IsImpossibleName(string name) =>
        name.AsSpan().IndexOfAny(Path.GetInvalidFileNameChars()) >= 0 || name.Any(char.IsControl);

    private void CheckSize(TarEntry entry, long size)
    {
        if (size > maximumSize)
        {
            throw new InvalidContentException(
                ErrorIds.FileTooLarge,
                $"'{entry.Name}' is not written: it has {size} bytes, more than the {maximumSize} that a file may have.");
        }
    }

    private static InvalidContentException Leaves(TarEntry entry, string why) =>
        new(ErrorIds.UnsafePath, $"'{entry.Name}' is not written: {why}, and nothing is written outside of the destination.");

    // A link's target may change at any time, so no link is followed.
    private static void CheckAncestor(TarEntry entry, string folder)
    {
        if (GetLinkTarget(folder) is { } target)
        {
            throw Leaves(entry, $"'{folder}' is a symbolic link to '{target}'");
        }
    }

    private static string? GetLinkTarget(string path) => UnixPath.IsNeeded(path) ? UnixPath.ReadLink(path) : new FileInfo(path).LinkTarget;

    private static bool IsFolder(string path) => UnixPath.IsNeeded(path) ? UnixPath.IsFolder(path) : Directory.Exists(path);

    private static bool IsFile(string path) =>
        UnixPath.IsNeeded(path) ? UnixPath.Exists(path) && !UnixPath.IsFolder(path) : File.Exists(path);

    private static void CreateFolder(string path)
    {
        if (UnixPath.IsNeeded(path))
        {
            UnixPath.CreateFolder(path);
        }
        else
        {
            Directory.CreateDirectory(path);
        }
    }

    private bool IsInside(string path) => path == _root || path.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static void CreateDirectory(TarEntry entry, string target)
    {
        if (IsFile(target) || GetLinkTarget(target) is not null)
        {
            throw new StorageException(ErrorIds.FileExists, $"'{target}' is there already, and is no folder.");
        }

        // Without these permissions, the folder's files could not be written.
        UnixFileMode mode =
            ((UnixFileMode)entry.Mode & Permissions) | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        CreateFolder(target);
        if (UnixPath.IsNeeded(target))
        {
            UnixPath.SetMode(target, mode);
        }
        else if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(target, mode);
        }
    }

    private void MakeWay(TarEntry? entry, string target)
    {
        if (IsFolder(target) && GetLinkTarget(target) is null)
        {
            throw new StorageException(ErrorIds.FileExists, $"'{target}' is a folder; '{entry?.Name ?? target}' cannot take its place.");
        }

        if (!overwrite && (IsFile(target) || GetLinkTarget(target) is not null))
        {
            throw new StorageException(ErrorIds.FileExists, $"'{target}' is there already.")
            {
                Remedy = Remedy.ReplaceFile,
            };
        }
    }

    private async Task WriteAsync(Stream content, TarEntry entry, string target, CancellationToken cancellationToken)
    {
        using TemporaryFile temporary = TemporaryFile.Create(
            UnixPath.IsNeeded(target) ? _root : Path.GetDirectoryName(target)!, mode: UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await CopyAsync(content, temporary.Stream, entry, cancellationToken).ConfigureAwait(false);
        File.SetLastWriteTimeUtc(temporary.Stream.SafeFileHandle, Representable(entry.LastWriteTime));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(temporary.Stream.SafeFileHandle, (UnixFileMode)entry.Mode & Permissions);
        }

        temporary.MoveBy(path => Move(path, target));
    }

    private void Move(string temporary, string target)
    {
        if (!UnixPath.IsNeeded(target))
        {
            File.Move(temporary, target, overwrite);
            return;
        }

        MakeWay(null, target);
        UnixPath.Move(temporary, target);
    }

    private static Task CopyAsync(Stream content, FileStream file, TarEntry entry, CancellationToken cancellationToken) =>
        entry.Sparse is null
            ? content.CopyToAsync(file, cancellationToken)
            : SparseCopy.CopyAsync(content, file, entry.Size, cancellationToken);

    // Windows' file times begin in 1601.
    private static DateTime Representable(DateTimeOffset time) =>
        time.UtcDateTime < DateTime.FromFileTimeUtc(0) ? DateTime.UnixEpoch : time.UtcDateTime;

    private void CreateLink(TarEntry entry, string target)
    {
        string full = Path.GetFullPath(entry.LinkTarget, Path.GetDirectoryName(target)!);
        if (entry.LinkTarget.StartsWith('/') || !IsInside(full))
        {
            throw Leaves(entry, $"it is a symbolic link to '{entry.LinkTarget}'");
        }

        if (UnixPath.IsNeeded(target) || UnixPath.IsNeeded(entry.LinkTarget))
        {
            if (overwrite)
            {
                UnixPath.Delete(target);
            }

            UnixPath.CreateLink(target, entry.LinkTarget);
            return;
        }

        if (overwrite)
        {
            File.Delete(target);
        }

        File.CreateSymbolicLink(target, entry.LinkTarget);
    }
}
