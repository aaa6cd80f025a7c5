// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.References;

namespace OciPS.Storage;

/// <summary>A lock between the writers of one place, in this process and in others. It ends with the process that holds it.</summary>
internal sealed class PathLock : IDisposable
{
    private const int MaximumLength = 1 << 20;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly string _path;
    private readonly FileStream _file;

    private PathLock(string path, FileStream file)
    {
        _path = path;
        _file = file;
    }

    /// <summary>Waits for the lock on an archive.</summary>
    public static Task<PathLock> ForFileAsync(string path, IOperationLog log, CancellationToken cancellationToken)
    {
        // A file name may already have the maximum of 255 bytes, so nothing can be appended to it.
        byte[] hash = DigestAlgorithm.Sha256.HashData(Encoding.UTF8.GetBytes(Path.GetFileName(path).ToUpperInvariant()));
        return AcquireAsync(
            Path.Combine(Path.GetDirectoryName(path)!, $".ocips-{Convert.ToHexString(hash.AsSpan(0, 8))}.lock"),
            path,
            log,
            cancellationToken);
    }

    /// <summary>Waits for the lock on a folder.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public static Task<PathLock> ForFolderAsync(string path, IOperationLog log, CancellationToken cancellationToken) =>
        AcquireAsync(Path.Combine(path, ".ocips-write.lock"), path, log, cancellationToken);

    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
        {
            // Deleted while still locked: a later writer then creates a new file under that name.
            TryDelete.Run(() => File.Delete(_path));
        }

        _file.Dispose();
    }

    private static async Task<PathLock> AcquireAsync(string lockPath, string place, IOperationLog log, CancellationToken cancellationToken)
    {
        long start = TimeProvider.System.GetTimestamp();
        bool isTold = false;
        bool isWarned = false;
        while (true)
        {
            if (TryOpen(lockPath) is { } file)
            {
                return new PathLock(lockPath, file);
            }

            if (!isTold)
            {
                isTold = true;
                log.Verbose($"Another writer has locked '{place}'; this one waits.");
            }

            if (!isWarned && TimeProvider.System.GetElapsedTime(start) > s_patience)
            {
                isWarned = true;
                log.Warning($"'{place}' is still being written by another process or runspace; this one waits until that is done.");
            }

            await Task.Delay(s_pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Opens the lock file; null if another writer holds the lock.</summary>
    private static FileStream? TryOpen(string path)
    {
        FileStream? file = null;
        try
        {
            FileOptions options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, options);

            // A file that was opened just before its holder deleted it is no lock: another file, or none, now has its name.
            file.SetLength(Random.Shared.Next(1, MaximumLength));
            bool isCurrent = new FileInfo(path) is { Exists: true } there && there.Length == file.Length;
            return isCurrent ? Interlocked.Exchange(ref file, null) : null;
        }
        catch (IOException error) when (IsTaken(error))
        {
            return null;
        }
        finally
        {
            file?.Dispose();
        }
    }

    // EAGAIN on Linux and on macOS; sharing and lock violations on Windows.
    internal static bool IsTaken(IOException error) =>
        error.HResult is 11 or 35 or unchecked((int)0x80070020) or unchecked((int)0x80070021);
}
