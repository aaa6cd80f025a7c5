// SPDX-License-Identifier: MIT

using System.IO.Compression;
using OciPS.Compression.Zstd;
using OciPS.Manifests;

namespace OciPS.Compression;

/// <summary>Compresses a rewritten layer as the original was.</summary>
internal static class LayerCompressor
{
    /// <summary>What a layer comes out as: bzip2 and xz have no media type of their own and become gzip.</summary>
    public static LayerCompression GetOutput(LayerCompression compression) =>
        compression is LayerCompression.Bzip2 or LayerCompression.Xz ? LayerCompression.Gzip : compression;

    /// <summary>
    /// A stream that compresses what is written to it into <paramref name="output"/>, which stays open; null for no compression.
    /// </summary>
    /// <param name="output">Where it goes.</param>
    /// <param name="compression">How the layer was compressed.</param>
    /// <param name="zstdLevel">The level of zstd.</param>
    public static Stream? Open(Stream output, LayerCompression compression, int zstdLevel = ZstdLevel.Usual) => GetOutput(compression) switch
    {
        LayerCompression.Gzip => new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true),
        LayerCompression.Zstd => ZstdCodec.OpenWrite(output, zstdLevel),
        _ => null,
    };
}
