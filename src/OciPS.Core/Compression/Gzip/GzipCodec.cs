// SPDX-License-Identifier: MIT

using System.IO.Compression;

namespace OciPS.Compression.Gzip;

/// <summary>Opens streams that compress and decompress gzip.</summary>
/// <remarks>RFC 1952.</remarks>
internal static class GzipCodec
{
    public static bool IsMagic(ReadOnlySpan<byte> first) => first.StartsWith<byte>([0x1F, 0x8B, 0x08]);

    /// <summary>Whether this is what the decompressor throws on bad data.</summary>
    public static bool IsDamage(Exception error) => error is InvalidDataException or EndOfStreamException;

    /// <summary>Decompresses; disposes <paramref name="compressed"/> with itself.</summary>
    public static Stream OpenRead(Stream compressed) => new GzipReadStream(compressed);

    /// <summary>Decompresses from a point on; <paramref name="compressed"/> begins with the byte that the point lies in.</summary>
    public static Stream OpenReadAt(Stream compressed, InflatePoint from) => new GzipReadStream(compressed, from.Bit == 0 ? null : from);

    /// <summary>Compresses into <paramref name="output"/>, which stays open. There is one level.</summary>
    public static Stream OpenWrite(Stream output, int? level) => new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true);
}
