// SPDX-License-Identifier: MIT

using SharpCompress.Common;

namespace OciPS.Compression.Xz;

/// <summary>Opens streams that decompress xz.</summary>
/// <remarks>The .xz file format, section 2.</remarks>
internal static class XzCodec
{
    public static bool IsMagic(ReadOnlySpan<byte> first) => first.StartsWith<byte>([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]);

    /// <summary>
    /// Whether the decompressor throws this on bad data; SharpCompress does not always check values before it computes with them.
    /// </summary>
    public static bool Throws(Exception error) => error is InvalidDataException or EndOfStreamException or SharpCompressException
        or IndexOutOfRangeException or ArgumentException or InvalidOperationException or OverflowException;

    /// <summary>Decompresses a stream. Disposing the result disposes <paramref name="compressed"/>.</summary>
    public static Stream OpenRead(Stream compressed) => new XzReadStream(compressed);
}
