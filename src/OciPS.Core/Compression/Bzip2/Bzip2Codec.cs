// SPDX-License-Identifier: MIT

using ICSharpCode.SharpZipLib;

namespace OciPS.Compression.Bzip2;

/// <summary>Opens streams that decompress bzip2.</summary>
internal static class Bzip2Codec
{
    public static bool IsMagic(ReadOnlySpan<byte> first) => first.StartsWith("BZh"u8);

    /// <summary>Whether this is what the decompressor throws on bad data; SharpZipLib does not always check before it reckons.</summary>
    public static bool IsDamage(Exception error) => error is InvalidDataException or EndOfStreamException or SharpZipBaseException
        or IndexOutOfRangeException or ArgumentException or InvalidOperationException or OverflowException;

    /// <summary>Decompresses; disposes <paramref name="compressed"/> with itself.</summary>
    public static Stream OpenRead(Stream compressed) => new Bzip2ReadStream(compressed);
}
