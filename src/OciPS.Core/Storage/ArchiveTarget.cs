// SPDX-License-Identifier: MIT

using OciPS.References;
using OciPS.Tar;

namespace OciPS.Storage;

/// <summary>
/// The destination file of an archive. The archive is written to a temporary file, which replaces the destination when complete.
/// </summary>
internal sealed class ArchiveTarget
{
    private static readonly string[] s_deviceFolders = ["/dev/", "/proc/"];

    public ArchiveTarget(string path)
    {
        Path = FileReplacement.Resolve(System.IO.Path.GetFullPath(path));
        Folder = System.IO.Path.GetDirectoryName(Path) ?? Path;
    }

    /// <summary>The file itself, if the path is a link to it.</summary>
    public string Path { get; }

    public string Folder { get; }

    private string What => $"The archive '{Path}'";

    /// <summary>Whether the file exists and is not empty.</summary>
    public bool HasContent => new FileInfo(Path) is { Exists: true, Length: > 0 };

    /// <summary>Fails if no archive can be written here, before any work is done.</summary>
    public void Check()
    {
        if (Directory.Exists(Path))
        {
            throw new StorageException(
                ErrorIds.InvalidDestination,
                $"'{Path}' is a folder, and an archive is a file.{TransportHint.ForFolder(Path)} Give the path of a file.");
        }

        if (!OperatingSystem.IsWindows() && !Path.StartsWith("/dev/shm/", StringComparison.Ordinal)
            && Array.Exists(s_deviceFolders, folder => Path.StartsWith(folder, StringComparison.Ordinal)))
        {
            throw new StorageException(
                ErrorIds.InvalidDestination, $"'{Path}' is not a file on disk. Give the path of a file.");
        }

        if (!Directory.Exists(Folder))
        {
            throw new StorageException(
                ErrorIds.StorageWriteError, $"The archive '{Path}' cannot be written: there is no folder '{Folder}'.");
        }
    }

    /// <summary>The error for a file that must not be replaced.</summary>
    public StorageException Refuse(string why, Exception? cause = null) => new(
        ErrorIds.InvalidDestination, $"'{Path}' is a file that {why}; it is not replaced. Give a new file, or remove this one.", cause);

    /// <summary>Waits for the lock on the archive.</summary>
    public Task<PathLock> LockAsync(IOperationLog log, CancellationToken cancellationToken) =>
        BlobFile.WritingAsync(What, () => PathLock.ForFileAsync(Path, log, cancellationToken));

    /// <summary>Writes the archive; the existing file stays until the new one is complete.</summary>
    public Task WriteAsync(Func<TarArchiveWriter, Task> write, CancellationToken cancellationToken) =>
        BlobFile.WritingAsync(What, async () =>
    {
        await FileReplacement.WriteAsync(
            Path,
            async (file, token) =>
            {
                var tar = new TarArchiveWriter(file);
                await write(tar).ConfigureAwait(false);
                await tar.FinishAsync(token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        return true;
    });
}
