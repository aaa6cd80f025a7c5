// SPDX-License-Identifier: MIT

using Microsoft.Win32.SafeHandles;

namespace OciPS.IO;

/// <summary>A temporary file that is deleted when it is disposed, and on Unix also if the process dies.</summary>
internal sealed class SpoolFile : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly string _folder;

    private SpoolFile(SafeFileHandle file, string folder)
    {
        _file = file;
        _folder = folder;
    }

    /// <summary>The folder for spool files; <c>TMPDIR</c> (Unix) or <c>TEMP</c> (Windows) sets it.</summary>
    public static string Folder => Path.GetTempPath();

    public long Length { get; private set; }

    public static SpoolFile Create() => Create(Folder);

    /// <summary>Creates a spool file in another folder: the folder of a large output file has space for its parts.</summary>
    public static SpoolFile Create(string folder)
    {
        string path = Path.Combine(folder, $"ocips-{Guid.NewGuid():N}.spool");
        try
        {
            SafeFileHandle file = File.OpenHandle(
                path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.DeleteOnClose);
            if (!OperatingSystem.IsWindows())
            {
                File.Delete(path);
            }

            return new SpoolFile(file, folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw WriteError(folder, error);
        }
    }

    /// <summary>Appends bytes.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await RandomAccess.WriteAsync(_file, bytes, Length, cancellationToken).ConfigureAwait(false);
            Length += bytes.Length;
        }
        catch (IOException error)
        {
            throw WriteError(_folder, error);
        }
    }

    /// <summary>Appends bytes, for decoders that only read synchronously.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_file, bytes, Length);
            Length += bytes.Length;
        }
        catch (IOException error)
        {
            throw WriteError(_folder, error);
        }
    }

    /// <summary>Appends a whole stream.</summary>
    public async Task WriteAllAsync(Stream source, CancellationToken cancellationToken)
    {
        using var buffer = new PooledBuffer(128 * 1024);
        int count;
        while ((count = await source.ReadAsync(buffer.Memory, cancellationToken).ConfigureAwait(false)) > 0)
        {
            await WriteAsync(buffer.Memory[..count], cancellationToken).ConfigureAwait(false);
        }
    }

    public FileRangeStream OpenRead() => OpenRead(0, Length);

    public FileRangeStream OpenRead(long offset, long length) => new(_file, offset, length);

    public void Dispose() => _file.Dispose();

    private static StorageException WriteError(string folder, Exception error) => new(
        ErrorIds.StorageWriteError,
        folder == Folder
            ? $"The temporary folder '{folder}' cannot take a spool file: {error.Message} Make room there, or set TMPDIR (TEMP on Windows) "
                + "to another folder."
            : $"The folder '{folder}' cannot take what is to be written: {error.Message}",
        error);
}
