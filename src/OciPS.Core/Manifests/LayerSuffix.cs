// SPDX-License-Identifier: MIT

namespace OciPS.Manifests;

/// <summary>What the media types of layers call a compression.</summary>
/// <param name="Compression">How a layer is compressed.</param>
/// <param name="WrittenAs">How it is compressed when it is written: as it was, unless media types have no word for that.</param>
/// <param name="Word">What its media type ends with; empty where that is nothing.</param>
internal sealed record LayerSuffix(LayerCompression Compression, LayerCompression WrittenAs, string Word)
{
    public static IReadOnlyList<LayerSuffix> All { get; } =
    [
        new(LayerCompression.None, LayerCompression.None, string.Empty),
        new(LayerCompression.Gzip, LayerCompression.Gzip, "gzip"),
        new(LayerCompression.Zstd, LayerCompression.Zstd, "zstd"),
        new(LayerCompression.Bzip2, LayerCompression.Gzip, "gzip"),
        new(LayerCompression.Xz, LayerCompression.Gzip, "gzip"),
    ];

    /// <summary>What the media types of layers that are written have at their end.</summary>
    public static IEnumerable<LayerSuffix> Written => All.Where(suffix => suffix.Compression == suffix.WrittenAs);

    /// <summary>In OCI's types.</summary>
    public string Oci => Word.Length == 0 ? string.Empty : "+" + Word;

    /// <summary>In Docker's types.</summary>
    public string Docker => Word.Length == 0 ? string.Empty : "." + Word;

    /// <exception cref="ArgumentOutOfRangeException">There is no such compression.</exception>
    public static LayerSuffix For(LayerCompression compression) =>
        All.FirstOrDefault(suffix => suffix.Compression == compression) ?? throw new ArgumentOutOfRangeException(nameof(compression));
}
