// SPDX-License-Identifier: MIT

using OciPS.Compression.Bzip2;
using OciPS.Compression.Gzip;
using OciPS.Compression.Xz;
using OciPS.Compression.Zstd;
using OciPS.IO;
using OciPS.Manifests;
using ZstdSharp;

namespace OciPS.Compression;

/// <summary>A layer's tar, decompressed as its first bytes ask for, whatever its media type says.</summary>
internal sealed class LayerDecompressor : ForwardStream
{
    private const int LongestMagic = 6;

    private readonly Stream _inner;
    private readonly string _what;

    private LayerDecompressor(Stream inner, LayerCompression compression, string what)
    {
        _inner = inner;
        _what = what;
        Compression = compression;
    }

    public LayerCompression Compression { get; }

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
        LayerCompression compression = Detect((await whole.PeekAsync(LongestMagic, cancellationToken).ConfigureAwait(false)).Span);
        try
        {
            return new LayerDecompressor(Decode(whole, compression), compression, what);
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw Damaged(compression, what, error);
        }
    }

    /// <summary>
    /// Decompresses from a point on; disposes <paramref name="compressed"/>, which begins with the byte that the point lies in, with
    /// itself.
    /// </summary>
    public static LayerDecompressor Enter(Stream compressed, LayerCompression compression, InflatePoint from, string what) => new(
        compression == LayerCompression.Gzip ? new GzipReadStream(compressed, from.Bit == 0 ? null : from) : compressed, compression, what);

    /// <summary>Decompresses what is known to be compressed so; disposes <paramref name="compressed"/> with itself.</summary>
    public static LayerDecompressor For(Stream compressed, LayerCompression compression, string what) =>
        new(Decode(compressed, compression), compression, what);

    public static LayerCompression Detect(ReadOnlySpan<byte> first) =>
        first.StartsWith<byte>([0x1F, 0x8B, 0x08]) ? LayerCompression.Gzip
        : first.StartsWith<byte>([0x28, 0xB5, 0x2F, 0xFD]) || IsSkippableZstdFrame(first) ? LayerCompression.Zstd
        : first.StartsWith("BZh"u8) ? LayerCompression.Bzip2
        : first.StartsWith<byte>([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) ? LayerCompression.Xz
        : LayerCompression.None;

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return _inner.Read(buffer);
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw Damaged(Compression, _what, error);
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
            throw Damaged(Compression, _what, error);
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
            throw Damaged(Compression, _what, error);
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

    private static bool IsSkippableZstdFrame(ReadOnlySpan<byte> first) =>
        first.Length >= 4 && (first[0] & 0xF0) == 0x50 && first[1..4].SequenceEqual<byte>([0x2A, 0x4D, 0x18]);

    private static Stream Decode(Stream compressed, LayerCompression compression) => compression switch
    {
        LayerCompression.Gzip => new GzipReadStream(compressed),
        LayerCompression.Zstd => ZstdCodec.OpenRead(compressed),
        LayerCompression.Bzip2 => new Bzip2ReadStream(compressed),
        LayerCompression.Xz => new XzReadStream(compressed),
        _ => compressed,
    };

    /// <summary>Whether it is what the decoders throw on bad data; errors of the source come through as they are.</summary>
    public static bool IsDamage(Exception error) => error is InvalidDataException or EndOfStreamException or ZstdException
        or ICSharpCode.SharpZipLib.SharpZipBaseException or SharpCompress.Common.SharpCompressException
        or IndexOutOfRangeException or ArgumentException or InvalidOperationException or OverflowException
        && error is not (OciException or ObjectDisposedException);

    /// <summary>What to say of compressed data that is not right.</summary>
    public static InvalidContentException Damaged(LayerCompression compression, string what, Exception error) => new(
        ErrorIds.InvalidCompression,
        $"{what} cannot be decompressed, its {compression.ToString().ToLowerInvariant()} data is damaged or cut short: {error.Message}",
        error);
}
