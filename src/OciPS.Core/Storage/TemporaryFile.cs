// SPDX-License-Identifier: MIT

namespace OciPS.Storage;

/// <summary>A file that is written beside the one whose place it takes when it is complete.</summary>
/// <remarks>It stays open until it has that place: the lock that goes with that tells others that its writer lives.</remarks>
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

    /// <param name="folder">The folder of the file whose place it takes.</param>
    /// <param name="bufferSize">The size of the buffer for what is written; 0 for none.</param>
    /// <param name="mode">Its mode on Unix; null for the process's own choice.</param>
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

    /// <summary>Whether a name is one that this module gives to files for the time of a write.</summary>
    public static bool IsOurs(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Takes the place of another file.</summary>
    public void MoveTo(string path, bool overwrite = true) => MoveBy(own => File.Move(own, path, overwrite));

    /// <summary>Takes its place by other means than .NET's.</summary>
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

    /// <summary>Removes what writers left that were killed. What a living one has open stays.</summary>
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
            // Tidying up is no reason for a write to fail.
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
            // Its writer has it open, or it belongs to somebody else.
        }
    }

    /// <summary>Whether a file that is open cannot be opened alone: some network file systems have no locks.</summary>
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

    /// <summary>Creates the file; null where another writer took it for an abandoned one before it was locked.</summary>
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
