// SPDX-License-Identifier: MIT

using System.IO.Compression;

namespace OciPS.Compression.Gzip;

/// <summary>Opens streams that compress and decompress gzip.</summary>
/// <remarks>RFC 1952.</remarks>
internal static class GzipCodec
{
    public static bool IsMagic(ReadOnlySpan<byte> first) => first.StartsWith<byte>([0x1F, 0x8B, 0x08]);

    /// <summary>Whether the decompressor throws this on bad data.</summary>
    public static bool Throws(Exception error) => error is InvalidDataException or EndOfStreamException;

    /// <summary>Decompresses a stream. Disposing the result disposes <paramref name="compressed"/>.</summary>
    public static Stream OpenRead(Stream compressed) => new GzipReadStream(compressed);

    /// <summary>Decompresses from a point on; <paramref name="compressed"/> begins with the byte that contains the point.</summary>
    public static Stream OpenReadAt(Stream compressed, InflatePoint from) => new GzipReadStream(compressed, from.Bit == 0 ? null : from);

    /// <summary>Compresses into <paramref name="output"/>, which stays open. The level is ignored.</summary>
    public static Stream OpenWrite(Stream output, int? level) => new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true);
}
