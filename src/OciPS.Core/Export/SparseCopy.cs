// SPDX-License-Identifier: MIT

using OciPS.IO;

namespace OciPS.Export;

/// <summary>Writes a sparse file with its holes, so that a small archive cannot fill the disk.</summary>
internal static class SparseCopy
{
    private const int BufferSize = 128 * 1024;

    /// <param name="content">The content, with zeros in place of the holes.</param>
    /// <param name="file">An empty file.</param>
    /// <param name="size">The content's size in bytes.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task CopyAsync(Stream content, FileStream file, long size, CancellationToken cancellationToken)
    {
        // Fails here if the file system does not support files of that size.
        file.SetLength(size);
        using var buffer = new PooledBuffer(BufferSize);
        int count;
        while ((count = await content.ReadAsync(buffer.Memory, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (buffer.Array.AsSpan(0, count).ContainsAnyExcept((byte)0))
            {
                await file.WriteAsync(buffer.Memory[..count], cancellationToken).ConfigureAwait(false);
            }
            else
            {
                file.Seek(count, SeekOrigin.Current);
            }
        }
    }
}
