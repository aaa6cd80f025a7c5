// SPDX-License-Identifier: MIT

namespace OciPS.Storage;

/// <summary>Writes a file atomically: the former content stays until the new content is complete.</summary>
internal static class FileReplacement
{
    /// <summary>Creates or replaces a file.</summary>
    /// <param name="path">The absolute path; the target is replaced if it is a symbolic link.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task WriteAsync(string path, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        string target = Resolve(path);
        Check(target);
        string folder = Path.GetDirectoryName(target)!;
        TemporaryFile.RemoveAbandoned(folder);
        using TemporaryFile temporary = Access(target, () => TemporaryFile.Create(folder, mode: GetMode(target)));
        await write(temporary.Stream, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        Access(target, () => temporary.MoveTo(target));
    }

    /// <summary>The file that a path stands for: the target of a symbolic link, whether or not it exists.</summary>
    public static string Resolve(string path) =>
        new FileInfo(path).LinkTarget is null ? path : Access(path, () => File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName);

    private static void Check(string target)
    {
        if (Directory.Exists(target))
        {
            throw new StorageException(ErrorIds.FileExists, $"'{target}' is a folder; a file cannot take its place.");
        }

        if (!Directory.Exists(Path.GetDirectoryName(target)))
        {
            throw new StorageException(
                ErrorIds.StorageWriteError,
                $"'{target}' cannot be written: its folder is not there. Make the folder, or give another path.");
        }

        if (File.Exists(target) && new FileInfo(target).IsReadOnly)
        {
            throw new StorageException(ErrorIds.StorageWriteError, $"'{target}' is read-only. Remove it, or give another path.");
        }
    }

    // Users who could not read the old file cannot read the new one either.
    private static UnixFileMode? GetMode(string target) =>
        !OperatingSystem.IsWindows() && File.Exists(target) ? File.GetUnixFileMode(target) : null;

    private static void Access(string target, Action access) => Access(target, () =>
    {
        access();
        return true;
    });

    private static T Access<T>(string target, Func<T> access)
    {
        try
        {
            return access();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(ErrorIds.StorageWriteError, $"'{target}' cannot be written: {error.Message}", error);
        }
    }
}
