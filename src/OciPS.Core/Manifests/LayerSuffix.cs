// SPDX-License-Identifier: MIT

namespace OciPS.Manifests;

/// <summary>The suffix that stands for a compression in a layer's media type.</summary>
/// <param name="Compression">The compression of the layer.</param>
/// <param name="WrittenAs">The compression for writing: the same one, unless media types have no suffix for it.</param>
/// <param name="Word">The suffix of the media type; empty if there is none.</param>
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

    /// <summary>The suffixes of layers that this module writes.</summary>
    public static IEnumerable<LayerSuffix> Written => All.Where(suffix => suffix.Compression == suffix.WrittenAs);

    /// <summary>The suffix in OCI media types.</summary>
    public string Oci => Word.Length == 0 ? string.Empty : "+" + Word;

    /// <summary>The suffix in Docker media types.</summary>
    public string Docker => Word.Length == 0 ? string.Empty : "." + Word;

    /// <exception cref="ArgumentOutOfRangeException">There is no such compression.</exception>
    public static LayerSuffix For(LayerCompression compression) =>
        All.FirstOrDefault(suffix => suffix.Compression == compression) ?? throw new ArgumentOutOfRangeException(nameof(compression));
}
