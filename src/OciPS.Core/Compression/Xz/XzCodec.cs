// SPDX-License-Identifier: MIT

using SharpCompress.Common;

namespace OciPS.Compression.Xz;

/// <summary>Opens streams that decompress xz.</summary>
/// <remarks>The .xz file format, section 2.</remarks>
internal static class XzCodec
{
    public static bool IsMagic(ReadOnlySpan<byte> first) => first.StartsWith<byte>([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]);

    /// <summary>Whether this is what the decompressor throws on bad data; SharpCompress does not always check before it reckons.</summary>
    public static bool IsDamage(Exception error) => error is InvalidDataException or EndOfStreamException or SharpCompressException
        or IndexOutOfRangeException or ArgumentException or InvalidOperationException or OverflowException;

    /// <summary>Decompresses; disposes <paramref name="compressed"/> with itself.</summary>
    public static Stream OpenRead(Stream compressed) => new XzReadStream(compressed);
}
