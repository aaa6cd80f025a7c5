// SPDX-License-Identifier: MIT

using ZstdSharp;
using ZstdSharp.Unsafe;

namespace OciPS.Compression.Zstd;

/// <summary>Opens streams that compress and decompress zstd.</summary>
/// <remarks>RFC 8878.</remarks>
internal static class ZstdCodec
{
    // The window of the largest settings of zstd without --long: 128 MiB.
    private const int MaximumWindowLog = 27;

    public static bool IsMagic(ReadOnlySpan<byte> first) =>
        first.StartsWith<byte>([0x28, 0xB5, 0x2F, 0xFD])
            || (first.Length >= 4 && (first[0] & 0xF0) == 0x50 && first[1..4].SequenceEqual<byte>([0x2A, 0x4D, 0x18]));

    /// <summary>Whether the decompressor throws this on bad data.</summary>
    public static bool Throws(Exception error) => error is InvalidDataException or EndOfStreamException or ZstdException;

    /// <summary>Decompresses a stream. Disposing the result disposes <paramref name="compressed"/>.</summary>
    public static DecompressionStream OpenRead(Stream compressed)
    {
        var zstd = new DecompressionStream(compressed, leaveOpen: false);
        zstd.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, MaximumWindowLog);
        return zstd;
    }

    /// <summary>Compresses into <paramref name="output"/>, which stays open.</summary>
    public static CompressionStream OpenWrite(Stream output, int level = ZstdLevel.Usual)
    {
        var zstd = new CompressionStream(output, level, leaveOpen: true);
        zstd.SetParameter(ZSTD_cParameter.ZSTD_c_nbWorkers, Environment.ProcessorCount);
        return zstd;
    }
}
