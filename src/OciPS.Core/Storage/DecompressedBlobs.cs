// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using OciPS.Compression;
using OciPS.IO;
using OciPS.IO.Hashing;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Storage;

/// <summary>Layers for a tarball that holds them decompressed, each in a spool file beside the tarball.</summary>
/// <remarks>
/// Decompressed once to compute digest and size, and again into the tarball: the disk holds only the original layers, however much they
/// decompress to.
/// </remarks>
internal sealed class DecompressedBlobs(string folder) : IDisposable
{
    private readonly ConcurrentDictionary<Digest, Blob> _blobs = new();

    /// <summary>A blob with its decompressed digest and size.</summary>
    /// <param name="Digest">The digest of the decompressed content.</param>
    /// <param name="Length">The size of the decompressed content in bytes.</param>
    /// <param name="Spool">The blob as received.</param>
    public sealed record Blob(Digest Digest, long Length, SpoolFile Spool) : IDisposable
    {
        public async Task<Stream> OpenReadAsync(CancellationToken cancellationToken) =>
            await LayerDecompressor.OpenAsync(Spool.OpenRead(), $"The layer {Digest}", cancellationToken).ConfigureAwait(false);

        /// <summary>The digest of the decompressed content in a given algorithm.</summary>
        public async Task<Digest> GetDigestAsync(DigestAlgorithm algorithm, CancellationToken cancellationToken)
        {
            if (Digest.Kind == algorithm)
            {
                return Digest;
            }

            using Stream content = await OpenReadAsync(cancellationToken).ConfigureAwait(false);
            return (await HashAsync(content, algorithm, cancellationToken).ConfigureAwait(false)).Digest;
        }

        public void Dispose() => Spool.Dispose();
    }

    public bool Contains(Digest digest) => _blobs.ContainsKey(digest);

    /// <summary>The blob with this original digest.</summary>
    public Blob this[Digest digest] => _blobs[digest];

    /// <summary>Spools a blob; returns its original digest and size.</summary>
    public async Task<WrittenBlob> WriteAsync(BlobSource source, string what, CancellationToken cancellationToken)
    {
        var spool = SpoolFile.Create(folder);
        try
        {
            using var output = new SpoolWriteStream(spool);
            WrittenBlob written = await BlobFile.WriteAsync(source, output, cancellationToken).ConfigureAwait(false);
            if (_blobs.TryAdd(written.Digest, await DescribeAsync(written.Digest, spool, what, cancellationToken).ConfigureAwait(false)))
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

    public void Dispose()
    {
        foreach (Blob blob in _blobs.Values)
        {
            blob.Dispose();
        }
    }

    private static async Task<Blob> DescribeAsync(Digest digest, SpoolFile spool, string what, CancellationToken cancellationToken)
    {
        using LayerDecompressor decompressed = await LayerDecompressor.OpenAsync(
            spool.OpenRead(), what, cancellationToken).ConfigureAwait(false);
        if (decompressed.Compression == LayerCompression.None && digest.Kind == DigestAlgorithm.Sha256)
        {
            return new Blob(digest, spool.Length, spool);
        }

        ContentDigests content = await HashAsync(decompressed, DigestAlgorithm.Sha256, cancellationToken).ConfigureAwait(false);
        return new Blob(content.Digest, content.Length, spool);
    }

    private static async Task<ContentDigests> HashAsync(Stream content, DigestAlgorithm algorithm, CancellationToken cancellationToken)
    {
        using var hasher = new ContentHasher(withCrc: false, algorithm);
        await content.CopyToAsync(hasher, 128 * 1024, cancellationToken).ConfigureAwait(false);
        return await hasher.FinishAsync(cancellationToken).ConfigureAwait(false);
    }
}
