// SPDX-License-Identifier: MIT

namespace OciPS.Tar;

/// <summary>Writes an archive, entry by entry.</summary>
internal sealed class TarArchiveWriter(Stream output)
{
    // The size in bytes of GNU tar's records, to which it pads archives.
    private const int RecordSize = 20 * TarHeader.BlockSize;
    private const int EndSize = 2 * TarHeader.BlockSize;
    private const int BufferSize = 128 * 1024;

    private static readonly byte[] s_zeros = new byte[RecordSize];

    private long _written;

    /// <summary>Writes a file.</summary>
    /// <param name="name">The name.</param>
    /// <param name="content">The content: exactly <paramref name="size"/> bytes.</param>
    /// <param name="size">The size in bytes.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public Task WriteFileAsync(string name, Stream content, long size, CancellationToken cancellationToken) =>
        WriteFileAsync(name, TarHeaderWriter.DefaultMode, content, size, cancellationToken);

    /// <inheritdoc cref="WriteFileAsync(string, Stream, long, CancellationToken)"/>
    public async Task WriteFileAsync(string name, int mode, Stream content, long size, CancellationToken cancellationToken)
    {
        await WriteHeadersAsync(TarHeaderWriter.FromFile(name, size, mode), cancellationToken).ConfigureAwait(false);
        await content.CopyToAsync(output, BufferSize, cancellationToken).ConfigureAwait(false);
        await WriteZerosAsync(TarEntry.Pad(size) - size, cancellationToken).ConfigureAwait(false);
        _written += TarEntry.Pad(size);
    }

    /// <summary>Writes a small file.</summary>
    public async Task WriteFileAsync(string name, int mode, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await WriteHeadersAsync(TarHeaderWriter.FromFile(name, content.Length, mode), cancellationToken).ConfigureAwait(false);
        await output.WriteAsync(content, cancellationToken).ConfigureAwait(false);
        await WriteZerosAsync(TarEntry.Pad(content.Length) - content.Length, cancellationToken).ConfigureAwait(false);
        _written += TarEntry.Pad(content.Length);
    }

    public Task WriteDirectoryAsync(string name, CancellationToken cancellationToken) =>
        WriteHeadersAsync(TarHeaderWriter.FromDirectory(name), cancellationToken);

    public Task WriteSymbolicLinkAsync(string name, string target, CancellationToken cancellationToken) =>
        WriteHeadersAsync(TarHeaderWriter.FromSymbolicLink(name, target), cancellationToken);

    /// <summary>Writes the end of the archive in a write of its own: a reader may stop as soon as it sees the end.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        long last = (_written + EndSize) % RecordSize;
        await WriteZerosAsync(EndSize + (last == 0 ? 0 : RecordSize - last), cancellationToken).ConfigureAwait(false);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteHeadersAsync(byte[] headers, CancellationToken cancellationToken)
    {
        await output.WriteAsync(headers, cancellationToken).ConfigureAwait(false);
        _written += headers.Length;
    }

    private async Task WriteZerosAsync(long count, CancellationToken cancellationToken)
    {
        for (long left = count; left > 0; left -= s_zeros.Length)
        {
            await output.WriteAsync(s_zeros.AsMemory(0, (int)Math.Min(left, s_zeros.Length)), cancellationToken).ConfigureAwait(false);
        }
    }
}
