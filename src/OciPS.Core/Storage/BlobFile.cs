// SPDX-License-Identifier: MIT

using OciPS.IO.Hashing;
using OciPS.Manifests;

namespace OciPS.Storage;

/// <summary>Writes files atomically: each exists complete or not at all.</summary>
internal static class BlobFile
{
    private const int BufferSize = 128 * 1024;

    /// <summary>Whether something of this size (null for nothing) can be a blob.</summary>
    public static bool Fits(Descriptor blob, long? size) => size is not null && (!blob.SizeIsKnown || size == blob.Size);

    /// <summary>Writes a blob to a temporary file in a folder, and renames it when complete.</summary>
    public static async Task<WrittenBlob> SaveAsync(
        string folder, BlobSource source, Func<WrittenBlob, string> getPath, CancellationToken cancellationToken)
    {
        using var temporary = TemporaryFile.Create(folder, BufferSize);
        WrittenBlob written = await WriteAsync(source, temporary.Stream, cancellationToken).ConfigureAwait(false);
        string path = getPath(written);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        temporary.MoveTo(path);
        return written;
    }

    /// <summary>Creates or replaces a file.</summary>
    public static async Task ReplaceAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        using var temporary = TemporaryFile.Create(Path.GetDirectoryName(path)!);
        await temporary.Stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        temporary.MoveTo(path);
    }

    /// <summary>Writes a blob to a stream; returns its digest and size.</summary>
    public static async Task<WrittenBlob> WriteAsync(BlobSource source, Stream output, CancellationToken cancellationToken)
    {
        if (source.Known is { } known)
        {
            await source.WriteToAsync(output, cancellationToken).ConfigureAwait(false);
            return new WrittenBlob(known.Digest, known.Size);
        }

        using var hashed = new HashingWriteStream(output, source.Algorithm);
        await source.WriteToAsync(hashed, cancellationToken).ConfigureAwait(false);
        return new WrittenBlob(hashed.Finish(), hashed.BytesWritten);
    }

    /// <summary>Opens a blob's file.</summary>
    public static Stream OpenRead(string path, Func<Exception, ContentNotFoundException> missing)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw missing(error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(ErrorIds.StorageReadError, $"'{path}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Adds the name of the file to errors of the system.</summary>
    public static async Task<T> WritingAsync<T>(string what, Func<Task<T>> write)
    {
        try
        {
            return await write().ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(ErrorIds.StorageWriteError, $"{what} cannot be written: {error.Message}", error);
        }
    }
}
