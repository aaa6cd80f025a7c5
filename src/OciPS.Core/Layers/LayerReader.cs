// SPDX-License-Identifier: MIT

using OciPS.Compression;
using OciPS.Compression.Gzip;
using OciPS.IO;
using OciPS.IO.Hashing;
using OciPS.Layers.Listings;
using OciPS.Manifests;
using OciPS.Tar;

namespace OciPS.Layers;

/// <summary>Reads a layer once, from its beginning: checks it, decompresses it, and returns its entries.</summary>
internal sealed class LayerReader : IDisposable
{
    /// <summary>The number of layers to read at once: each takes a few hundred kilobytes of memory, and a core.</summary>
    public static int LayersAtOnce { get; } = Math.Clamp(Environment.ProcessorCount, 1, 8);

    private readonly Stream _compressed;
    private readonly VerifyingStream? _verified;
    private readonly LayerDecompressor _decompressed;
    private readonly FilteredHashStream? _hashed;
    private readonly TarReader _tar;
    private ListingWriter? _listing;
    // Whether no entry was removed, so that the hash covers the whole layer.
    private bool _isWhole = true;

    private LayerReader(Stream compressed, VerifyingStream? verified, LayerDecompressor decompressed, LayerHashing hashing, string what)
    {
        _compressed = compressed;
        _verified = verified;
        _decompressed = decompressed;
        _hashed = hashing.IsOn ? new FilteredHashStream(decompressed, hashing.IsWhole, hashing.Algorithm) : null;
        _tar = new TarReader(Decompressed, what);
        Live = _ => Task.FromResult(OpenContent());
    }

    /// <summary>Opens the content of the current entry.</summary>
    public Func<CancellationToken, Task<Stream>> Live { get; }

    public LayerCompression Compression => _decompressed.Compression;

    /// <inheritdoc cref="LayerDecompressor.Points"/>
    public InflatePoints? Points
    {
        set => _decompressed.Points = value;
    }

    /// <summary>The number of decompressed bytes that were read, if they are hashed.</summary>
    public long DecompressedSize => _hashed?.BytesRead ?? throw new InvalidOperationException("The layer is not hashed.");

    /// <summary>The number of compressed bytes that were read; after <see cref="FinishAsync"/>, the layer's size.</summary>
    public long CompressedSize => _verified?.BytesRead ?? throw new InvalidOperationException("The layer is not read from its store.");

    /// <inheritdoc cref="TarReader.EndsOddly"/>
    public bool EndsOddly => _tar.EndsOddly;

    /// <inheritdoc cref="TarReader.HasContentBehindEnd"/>
    public bool HasContentBehindEnd => _tar.HasContentBehindEnd;

    /// <summary>The tar stream, for callers that do not read it entry by entry.</summary>
    public Stream Decompressed => (Stream?)_hashed ?? _decompressed;

    /// <param name="layer">The layer.</param>
    /// <param name="hashing">Which part of the decompressed layer to hash.</param>
    /// <param name="listing">Records what is read, and is disposed with the reader; null for no caching.</param>
    /// <param name="tap">Wraps the compressed layer; null for nothing.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<LayerReader> OpenAsync(
        Layer layer, LayerHashing hashing, ListingWriter? listing, Func<Stream, Stream>? tap, CancellationToken cancellationToken)
    {
        try
        {
            VerifyingStream verified = await layer.OpenVerifiedAsync(cancellationToken).ConfigureAwait(false);
            Stream compressed = layer.ReportProgress(verified, layer.Size);
            compressed = listing is null ? compressed : listing.Tap(compressed);
            LayerReader reader = await OpenAsync(
                new ReadAheadStream(tap is null ? compressed : tap(compressed)),
                verified,
                layer.Name,
                hashing,
                cancellationToken).ConfigureAwait(false);
            reader._listing = listing;
            return reader;
        }
        catch
        {
            listing?.Dispose();
            throw;
        }
    }

    /// <summary>Reads a layer that was verified when it was spooled.</summary>
    public static Task<LayerReader> OpenAsync(SpoolFile spool, string what, CancellationToken cancellationToken) =>
        OpenAsync(spool.OpenRead(), null, what, LayerHashing.None, cancellationToken);

    public ValueTask<TarEntry?> ReadAsync(CancellationToken cancellationToken)
    {
        ValueTask<TarEntry?> read = _tar.ReadAsync(cancellationToken);
        return !read.IsCompletedSuccessfully ? ReadAsync(read, cancellationToken)
            : _listing is null ? read
            : new ValueTask<TarEntry?>(Keep(read.Result));
    }

    /// <summary>Opens the content of the current entry.</summary>
    public Stream OpenContent() => _tar.OpenContent();

    /// <summary>Sets whether the current entry is removed, if only kept entries are hashed.</summary>
    public ValueTask DecideAsync(TarEntry entry, bool goes, CancellationToken cancellationToken)
    {
        _isWhole &= !goes;
        return _hashed!.DecideAsync(entry.Start, entry.End, goes, cancellationToken);
    }

    /// <summary>
    /// Reads the rest, so that the whole layer is checked; returns the digests of the decompressed layer, if it was hashed.
    /// </summary>
    public async Task<ContentDigests> FinishAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_tar.IsAtEnd)
            {
                await _tar.ReadRestAsync(cancellationToken).ConfigureAwait(false);
            }

            await Decompressed.CopyToAsync(Stream.Null, 128 * 1024, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidContentException)
        {
            await EnsureUndamagedAsync(cancellationToken).ConfigureAwait(false);
            throw;
        }

        await _compressed.CopyToAsync(Stream.Null, 128 * 1024, cancellationToken).ConfigureAwait(false);
        ContentDigests content = _hashed is null ? default : await _hashed.FinishAsync(cancellationToken).ConfigureAwait(false);
        // A layer with an odd end is not cached, so that each read finds the oddity again.
        (EndsOddly ? null : _listing)?.Complete(CompressedSize, Compression, _isWhole ? content.Digest : default);
        return content;
    }

    public void Dispose()
    {
        _tar.Dispose();
        _hashed?.Dispose();
        _decompressed.Dispose();
        _listing?.Dispose();
    }

    private async ValueTask<TarEntry?> ReadAsync(ValueTask<TarEntry?> read, CancellationToken cancellationToken)
    {
        try
        {
            return Keep(await read.ConfigureAwait(false));
        }
        catch (InvalidContentException)
        {
            await EnsureUndamagedAsync(cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    private TarEntry? Keep(TarEntry? entry)
    {
        if (entry is not null)
        {
            _listing?.Add(entry);
        }

        return entry;
    }

    /// <summary>Reads the rest of the layer: a digest mismatch explains any other error, and is thrown instead.</summary>
    private async Task EnsureUndamagedAsync(CancellationToken cancellationToken)
    {
        if (_verified is { MayRefetch: true })
        {
            await _compressed.CopyToAsync(Stream.Null, 128 * 1024, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<LayerReader> OpenAsync(
        Stream compressed, VerifyingStream? verified, string what, LayerHashing hashing, CancellationToken cancellationToken)
    {
        try
        {
            LayerDecompressor decompressed = await LayerDecompressor.OpenAsync(compressed, what, cancellationToken).ConfigureAwait(false);
            return new LayerReader(compressed, verified, decompressed, hashing, what);
        }
        catch
        {
            await compressed.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
