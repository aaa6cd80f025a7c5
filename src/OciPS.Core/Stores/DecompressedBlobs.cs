// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using OciPS.References;
using OciPS.Streams;

namespace OciPS.Stores;

/// <summary>Blobs that wait, decompressed, for the tarball that they will be part of, each in a spool file beside it.</summary>
internal sealed class DecompressedBlobs(string folder) : IDisposable
{
    private readonly ConcurrentDictionary<Digest, Blob> _blobs = new();

    /// <summary>A blob without its compression.</summary>
    public sealed record Blob(Digest Digest, SpoolFile Content) : IDisposable
    {
        public void Dispose() => Content.Dispose();
    }

    public bool Contains(Digest digest) => _blobs.ContainsKey(digest);

    /// <summary>What a blob of this digest is without its compression.</summary>
    public Blob this[Digest digest] => _blobs[digest];

    /// <summary>Takes a blob and says what it was, compressed as it came.</summary>
    public async Task<WrittenBlob> WriteAsync(BlobSource source, string what, CancellationToken cancellationToken)
    {
        var spool = SpoolFile.Create(folder);
        try
        {
            using var output = new SpoolWriteStream(spool);
            WrittenBlob written = await BlobFile.WriteAsync(source, output, cancellationToken).ConfigureAwait(false);
            Blob blob = await DecompressAsync(written.Digest, spool, what, cancellationToken).ConfigureAwait(false);
            spool = blob.Content == spool ? null : spool;
            if (!_blobs.TryAdd(written.Digest, blob))
            {
                blob.Dispose();
            }

            return written;
        }
        finally
        {
            spool?.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (Blob blob in _blobs.Values)
        {
            blob.Dispose();
        }
    }

    private async Task<Blob> DecompressAsync(Digest digest, SpoolFile compressed, string what, CancellationToken cancellationToken)
    {
        using LayerDecompressor decompressed = await LayerDecompressor.OpenAsync(compressed.OpenRead(), what, cancellationToken).ConfigureAwait(false);
        if (decompressed.Compression == LayerCompression.None && digest.Algorithm == "sha256")
        {
            return new Blob(digest, compressed);
        }

        using var hashed = new DigestStream(decompressed);
        var content = SpoolFile.Create(folder);
        try
        {
            await content.WriteAllAsync(hashed, cancellationToken).ConfigureAwait(false);
            return new Blob(hashed.Finish(), content);
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }
}
