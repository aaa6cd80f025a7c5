// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.References;

namespace OciPS.Storage;

/// <summary>
/// A lock that the writers of one place hold in turn, in this process and in others. It goes with the process that holds it.
/// </summary>
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

    /// <summary>Waits until nobody else writes to an archive.</summary>
    public static Task<PathLock> ForFileAsync(string path, IOperationLog log, CancellationToken cancellationToken)
    {
        // A name may have 255 bytes, so that nothing can be added to it.
        byte[] hash = DigestAlgorithm.Sha256.HashData(Encoding.UTF8.GetBytes(Path.GetFileName(path).ToUpperInvariant()));
        return AcquireAsync(
            Path.Combine(Path.GetDirectoryName(path)!, $".ocips-{Convert.ToHexString(hash.AsSpan(0, 8))}.lock"),
            path,
            log,
            cancellationToken);
    }

    /// <summary>Waits until nobody else writes to a folder.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder is not there.</exception>
    public static Task<PathLock> ForFolderAsync(string path, IOperationLog log, CancellationToken cancellationToken) =>
        AcquireAsync(Path.Combine(path, ".ocips-write.lock"), path, log, cancellationToken);

    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
        {
            // While it is still locked: whoever opens that name from now on makes a new file.
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

    /// <summary>Opens the file that is the lock; null if somebody else has it.</summary>
    private static FileStream? TryOpen(string path)
    {
        FileStream? file = null;
        try
        {
            FileOptions options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, options);

            // What was opened just before its holder removed it is a lock no more: its name is another file's, or nobody's.
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

    // EAGAIN of Linux and of macOS; a sharing violation of Windows.
    internal static bool IsTaken(IOException error) =>
        error.HResult is 11 or 35 or unchecked((int)0x80070020) or unchecked((int)0x80070021);
}
