// SPDX-License-Identifier: MIT

using OciPS.Compression.Bzip2;
using OciPS.Compression.Gzip;
using OciPS.Compression.Xz;
using OciPS.Compression.Zstd;
using OciPS.Manifests;

namespace OciPS.Compression;

/// <summary>All compression formats of layers. Their media type suffixes are in <see cref="LayerSuffix"/>.</summary>
internal static class LayerCodecs
{
    /// <summary>The number of bytes that identify a format.</summary>
    public const int LongestMagic = 6;

    private static readonly LayerCodec[] s_all =
    [
        new(LayerCompression.Gzip, GzipCodec.IsMagic, GzipCodec.OpenRead, GzipCodec.Throws)
        {
            OpenReadAt = GzipCodec.OpenReadAt, OpenWrite = GzipCodec.OpenWrite,
        },
        new(LayerCompression.Zstd, ZstdCodec.IsMagic, ZstdCodec.OpenRead, ZstdCodec.Throws)
        {
            OpenWrite = static (output, level) => ZstdCodec.OpenWrite(output, level ?? ZstdLevel.Usual),
        },
        new(LayerCompression.Bzip2, Bzip2Codec.IsMagic, Bzip2Codec.OpenRead, Bzip2Codec.Throws),
        new(LayerCompression.Xz, XzCodec.IsMagic, XzCodec.OpenRead, XzCodec.Throws),
        // Last, since it accepts all data.
        new(LayerCompression.None, static _ => true, static stream => stream, static _ => false)
        {
            OpenReadAt = static (stream, _) => stream,
        },
    ];

    /// <summary>Detects the format of data by its first bytes.</summary>
    public static LayerCodec Detect(ReadOnlySpan<byte> first)
    {
        int number = 0;
        while (!s_all[number].IsMagic(first))
        {
            number++;
        }

        return s_all[number];
    }

    /// <exception cref="ArgumentOutOfRangeException">There is no such compression.</exception>
    public static LayerCodec For(LayerCompression compression) =>
        Array.Find(s_all, codec => codec.Compression == compression) ?? throw new ArgumentOutOfRangeException(nameof(compression));

    /// <summary>
    /// A stream that compresses what is written to it into <paramref name="output"/>, which stays open, in the format of a layer; null for
    /// no compression.
    /// </summary>
    /// <param name="output">Receives the compressed data.</param>
    /// <param name="compression">The format of the layer.</param>
    /// <param name="level">The level; null for the default.</param>
    public static Stream? OpenWrite(Stream output, LayerCompression compression, int? level = null)
    {
        LayerCodec codec = For(LayerSuffix.For(compression).WrittenAs);
        return codec.Compression == LayerCompression.None ? null
            : codec.OpenWrite is { } open ? open(output, level)
            : throw new ArgumentOutOfRangeException(nameof(compression), $"Nothing writes {codec.Compression}.");
    }

    /// <summary>Whether any of the decompressors throws this on bad data.</summary>
    public static bool IsDamage(Exception error) => Array.Exists(s_all, codec => codec.IsDamage(error));
}
