// SPDX-License-Identifier: MIT

using OciPS.Compression.Gzip;
using OciPS.IO;
using OciPS.Manifests;

namespace OciPS.Compression;

/// <summary>A layer's tar, decompressed as its first bytes ask for, whatever its media type says.</summary>
internal sealed class LayerDecompressor : ForwardStream
{
    private readonly Stream _inner;
    private readonly LayerCodec _codec;
    private readonly string _what;

    private LayerDecompressor(Stream inner, LayerCodec codec, string what)
    {
        _inner = inner;
        _codec = codec;
        _what = what;
    }

    public LayerCompression Compression => _codec.Compression;

    /// <summary>
    /// Where points are noted from which to decompress another time, if this is compressed so that there are any; null for nowhere.
    /// </summary>
    public InflatePoints? Points
    {
        set
        {
            if (_inner is GzipReadStream gzip)
            {
                gzip.Points = value;
            }
        }
    }

    /// <summary>Looks at the first bytes and decompresses what follows. Disposes <paramref name="compressed"/> with itself.</summary>
    public static async Task<LayerDecompressor> OpenAsync(Stream compressed, string what, CancellationToken cancellationToken)
    {
        var whole = new ReadBufferStream(compressed);
        LayerCodec codec = LayerCodecs.Detect(
            (await whole.PeekAsync(LayerCodecs.LongestMagic, cancellationToken).ConfigureAwait(false)).Span);
        try
        {
            return new LayerDecompressor(codec.OpenRead(whole), codec, what);
        }
        catch (Exception error) when (codec.IsDamage(error))
        {
            throw codec.Damaged(what, error);
        }
    }

    /// <summary>
    /// Decompresses from a point on; disposes <paramref name="compressed"/>, which begins with the byte that the point lies in, with
    /// itself.
    /// </summary>
    public static LayerDecompressor Enter(Stream compressed, LayerCompression compression, InflatePoint from, string what)
    {
        LayerCodec codec = LayerCodecs.For(compression);
        return codec.OpenReadAt is { } open
            ? new LayerDecompressor(open(compressed, from), codec, what)
            : throw new ArgumentOutOfRangeException(nameof(compression));
    }

    /// <summary>Decompresses what is known to be compressed so; disposes <paramref name="compressed"/> with itself.</summary>
    public static LayerDecompressor Open(Stream compressed, LayerCompression compression, string what)
    {
        LayerCodec codec = LayerCodecs.For(compression);
        return new LayerDecompressor(codec.OpenRead(compressed), codec, what);
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return _inner.Read(buffer);
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw _codec.Damaged(_what, error);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await _inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw _codec.Damaged(_what, error);
        }
    }

    public override async ValueTask<int> SkipAsync(int most, CancellationToken cancellationToken)
    {
        try
        {
            return _inner is ForwardStream forward ? await forward.SkipAsync(most, cancellationToken).ConfigureAwait(false) : 0;
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw _codec.Damaged(_what, error);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool IsDamage(Exception error) => error is not (OciException or ObjectDisposedException) && _codec.IsDamage(error);
}
