// SPDX-License-Identifier: MIT

using System.Globalization;
using OciPS.Compression;
using OciPS.Layers.Listings;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Layers;

/// <summary>
/// The table of contents of a zstd:chunked layer: compressed, in a skippable frame after the files; the manifest has its position.
/// </summary>
/// <remarks>containers/storage, package "chunked". Its first versions had other names for the annotations.</remarks>
internal static class ZstdChunkedToc
{
    private const string Checksum = "manifest-checksum";
    private const string Position = "manifest-position";

    // Offset, size and decompressed size in bytes, and type.
    private const int PositionParts = 4;
    private const long JsonKind = 1;

    // The frame's magic number and its size.
    private const int FrameHeaderSize = 8;

    private static readonly string[] s_prefixes = ["io.github.containers.zstd-chunked.", "io.containers.zstd-chunked."];

    /// <summary>Reads it; null if the manifest names none, or if the store supports no ranges.</summary>
    /// <exception cref="InvalidDataException">It does not match the manifest.</exception>
    public static async Task<LayerToc?> TryReadAsync(Layer layer, CancellationToken cancellationToken)
    {
        Descriptor descriptor = layer.Descriptor;
        if (!Digest.TryParse(Annotation(descriptor, Checksum), out Digest digest) || Annotation(descriptor, Position) is not { } text)
        {
            return null;
        }

        (long offset, int size, int decompressedSize) = ParsePosition(text, layer.Size);
        if (await layer.TryOpenPartAsync(offset, size, cancellationToken).ConfigureAwait(false) is not { } part)
        {
            return null;
        }

        byte[] compressed = new byte[size];
        await using (part.ConfigureAwait(false))
        {
            await part.ReadExactlyAsync(compressed, cancellationToken).ConfigureAwait(false);
        }

        if (digest.Kind.Compute(compressed) != digest)
        {
            throw new InvalidDataException($"it has another digest than {digest}, which the manifest says");
        }

        byte[] json = new byte[decompressedSize];
        using LayerDecompressor content = LayerDecompressor.Open(
            new MemoryStream(compressed), LayerCompression.Zstd, $"The table of contents of the layer {layer.Digest}");
        await content.ReadExactlyAsync(json, cancellationToken).ConfigureAwait(false);
        return new LayerToc(TocParser.Parse(json, offset - FrameHeaderSize), LayerCompression.Zstd);
    }

    private static (long Offset, int Size, int DecompressedSize) ParsePosition(string text, long layerSize)
    {
        long[] numbers = [.. text.Split(':').Select(
            part => long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : -1)];
        return numbers is [>= FrameHeaderSize, > 0 and <= LayerToc.MaximumSize, > 0 and <= LayerToc.MaximumSize, JsonKind]
            && numbers.Length == PositionParts
            && numbers[0] <= layerSize - numbers[1]
            ? (numbers[0], (int)numbers[1], (int)numbers[2])
            : throw new InvalidDataException($"its position is given as '{text}'");
    }

    private static string? Annotation(Descriptor layer, string name) =>
        s_prefixes.Select(prefix => layer.Annotations.GetValueOrDefault(prefix + name)).FirstOrDefault(value => value is not null);
}
