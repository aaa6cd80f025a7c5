// SPDX-License-Identifier: MIT

using OciPS.Compression.Gzip;
using OciPS.IO;
using OciPS.Manifests;

namespace OciPS.Compression;

/// <summary>A layer's decompressed tar. The first bytes decide on the format, not the media type.</summary>
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

    /// <summary>Collects points from which later reads can start, if the format has any; null for none.</summary>
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

    /// <summary>Detects the format and decompresses. Disposing the result disposes <paramref name="compressed"/>.</summary>
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
    /// Decompresses from a point on. <paramref name="compressed"/> begins with the byte that contains the point; disposing the result
    /// disposes it.
    /// </summary>
    public static LayerDecompressor Enter(Stream compressed, LayerCompression compression, InflatePoint from, string what)
    {
        LayerCodec codec = LayerCodecs.For(compression);
        return codec.OpenReadAt is { } open
            ? new LayerDecompressor(open(compressed, from), codec, what)
            : throw new ArgumentOutOfRangeException(nameof(compression));
    }

    /// <summary>Decompresses data of a known format. Disposing the result disposes <paramref name="compressed"/>.</summary>
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
        catch (Exception error) when (_codec.IsDamage(error))
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
        catch (Exception error) when (_codec.IsDamage(error))
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
        catch (Exception error) when (_codec.IsDamage(error))
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
}
