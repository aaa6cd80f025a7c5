// SPDX-License-Identifier: MIT

namespace OciPS.Storage;

/// <summary>A temporary file beside the file that it replaces when complete.</summary>
/// <remarks>It stays open until the rename: its lock shows other processes that the writer is still running.</remarks>
internal sealed class TemporaryFile : IDisposable
{
    private const string Prefix = ".ocips-";
    private const string Ending = ".tmp";

    private readonly string _path;
    private bool _moved;

    private TemporaryFile(string path, FileStream stream)
    {
        _path = path;
        Stream = stream;
    }

    public FileStream Stream { get; }

    /// <param name="folder">The folder of the file to replace.</param>
    /// <param name="bufferSize">The size of the write buffer in bytes; 0 for none.</param>
    /// <param name="mode">The file mode on Unix; null for the default.</param>
    public static TemporaryFile Create(string folder, int bufferSize = 0, UnixFileMode? mode = null)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.Read | FileShare.Delete,
            BufferSize = bufferSize,
            Options = FileOptions.Asynchronous,
        };
        if (mode is { } unixMode && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = unixMode;
        }

        while (true)
        {
            if (TryCreate(Path.Combine(folder, $"{Prefix}{Guid.NewGuid():N}{Ending}"), options) is { } file)
            {
                return file;
            }
        }
    }

    /// <summary>Whether a name is one of this module's temporary files.</summary>
    public static bool IsOurs(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Replaces another file.</summary>
    public void MoveTo(string path, bool overwrite = true) => MoveBy(own => File.Move(own, path, overwrite));

    /// <summary>Replaces another file by a custom move operation.</summary>
    public void MoveBy(Action<string> move)
    {
        Stream.Flush();
        move(_path);
        _moved = true;
        Stream.Dispose();
    }

    public void Dispose()
    {
        if (!_moved)
        {
            File.Delete(_path);
        }

        Stream.Dispose();
    }

    /// <summary>Removes files of writers that were killed. A running writer keeps its file open, so it stays.</summary>
    public static void RemoveAbandoned(string folder)
    {
        try
        {
            string[] files = Directory.GetFiles(folder, Prefix + "*" + Ending);
            if (files.Length > 0 && LocksHold(folder))
            {
                Array.ForEach(files, RemoveIfAbandoned);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A failed cleanup must not fail the write.
        }
    }

    private static void RemoveIfAbandoned(string path)
    {
        try
        {
            FileOptions options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;
            using var alone = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, options);
            if (!OperatingSystem.IsWindows())
            {
                File.Delete(path);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A writer has it open, or it belongs to another user.
        }
    }

    /// <summary>Whether opening a file exclusively fails while it is open: some network file systems have no locks.</summary>
    private static bool LocksHold(string folder)
    {
        using TemporaryFile own = Create(folder);
        try
        {
            new FileStream(own._path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Creates the file; null if another writer removed it as abandoned before it was locked.</summary>
    private static TemporaryFile? TryCreate(string path, FileStreamOptions options)
    {
        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, options);
            return File.Exists(path) ? new TemporaryFile(path, Interlocked.Exchange(ref stream, null)) : null;
        }
        catch (IOException error) when (PathLock.IsTaken(error))
        {
            return null;
        }
        finally
        {
            stream?.Dispose();
        }
    }
}
