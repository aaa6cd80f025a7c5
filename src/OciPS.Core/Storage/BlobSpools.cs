// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using OciPS.IO;
using OciPS.References;

namespace OciPS.Storage;

/// <summary>Blobs for an archive that is written later, in spool files beside it.</summary>
/// <remarks>Small blobs share a file, so a thousand images do not need thousands of open files.</remarks>
internal sealed class BlobSpools(string folder) : IDisposable
{
    private const long MaximumShared = 1024 * 1024;

    private readonly ConcurrentDictionary<Digest, Part> _parts = new();
    private readonly SemaphoreSlim _sharing = new(1, 1);
    private SpoolFile? _shared;

    public Task<WrittenBlob> WriteAsync(BlobSource source, CancellationToken cancellationToken) =>
        source.Known is { } known && known.Size <= MaximumShared
            ? ShareAsync(source, cancellationToken)
            : WriteAloneAsync(source, cancellationToken);

    /// <summary>The size of a spooled blob; null if it is not here.</summary>
    public long? FindSize(Digest digest) => _parts.TryGetValue(digest, out Part part) ? part.Length : null;

    /// <summary>Opens a blob; null if it is not here.</summary>
    public Stream? Open(Digest digest) => _parts.TryGetValue(digest, out Part part) ? part.Spool.OpenRead(part.Offset, part.Length) : null;

    public void Dispose()
    {
        foreach (Part part in _parts.Values)
        {
            part.Spool.Dispose();
        }

        _shared?.Dispose();
        _sharing.Dispose();
    }

    private async Task<WrittenBlob> WriteAloneAsync(BlobSource source, CancellationToken cancellationToken)
    {
        var spool = SpoolFile.Create(folder);
        try
        {
            using var output = new SpoolWriteStream(spool);
            WrittenBlob written = await BlobFile.WriteAsync(source, output, cancellationToken).ConfigureAwait(false);
            if (_parts.TryAdd(written.Digest, new Part(spool, 0, spool.Length)))
            {
                spool = null;
            }

            return written;
        }
        finally
        {
            spool?.Dispose();
        }
    }

    private async Task<WrittenBlob> ShareAsync(BlobSource source, CancellationToken cancellationToken)
    {
        // Read before locking, so a slow registry blocks no other writer.
        using var content = new MemoryStream((int)source.Known!.Size);
        WrittenBlob written = await BlobFile.WriteAsync(source, content, cancellationToken).ConfigureAwait(false);
        await _sharing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_parts.ContainsKey(written.Digest))
            {
                _shared ??= SpoolFile.Create(folder);
                long offset = _shared.Length;
                await _shared.WriteAsync(content.GetBuffer().AsMemory(0, (int)content.Length), cancellationToken).ConfigureAwait(false);
                _parts[written.Digest] = new Part(_shared, offset, content.Length);
            }
        }
        finally
        {
            _sharing.Release();
        }

        return written;
    }

    private readonly record struct Part(SpoolFile Spool, long Offset, long Length);
}
