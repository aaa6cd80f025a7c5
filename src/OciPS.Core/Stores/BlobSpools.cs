// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using OciPS.References;
using OciPS.Streams;

namespace OciPS.Stores;

/// <summary>Blobs that wait for the archive that they will be part of, each in a spool file beside it.</summary>
internal sealed class BlobSpools(string folder) : IDisposable
{
    private readonly ConcurrentDictionary<Digest, SpoolFile> _spools = new();

    public async Task<WrittenBlob> WriteAsync(BlobSource source, CancellationToken cancellationToken)
    {
        var spool = SpoolFile.Create(folder);
        try
        {
            using var output = new SpoolWriteStream(spool);
            WrittenBlob written = await BlobFile.WriteAsync(source, output, cancellationToken).ConfigureAwait(false);
            Add(written.Digest, ref spool);
            return written;
        }
        finally
        {
            spool?.Dispose();
        }
    }

    /// <summary>The size of a blob that is here; null for others.</summary>
    public long? SizeOf(Digest digest) => _spools.TryGetValue(digest, out SpoolFile? spool) ? spool.Length : null;

    /// <summary>Opens a blob; null if it is not here.</summary>
    public Stream? Open(Digest digest) => _spools.TryGetValue(digest, out SpoolFile? spool) ? spool.OpenRead() : null;

    public void Dispose()
    {
        foreach (SpoolFile spool in _spools.Values)
        {
            spool.Dispose();
        }
    }

    private void Add(Digest digest, ref SpoolFile? spool)
    {
        if (_spools.TryAdd(digest, spool!))
        {
            spool = null;
        }
    }
}
