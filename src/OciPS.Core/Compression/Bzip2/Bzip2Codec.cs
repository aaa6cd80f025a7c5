// SPDX-License-Identifier: MIT

using ICSharpCode.SharpZipLib;

namespace OciPS.Compression.Bzip2;

/// <summary>Opens streams that decompress bzip2.</summary>
internal static class Bzip2Codec
{
    public static bool IsMagic(ReadOnlySpan<byte> first) => first.StartsWith("BZh"u8);

    /// <summary>
    /// Whether the decompressor throws this on bad data; SharpZipLib does not always check values before it computes with them.
    /// </summary>
    public static bool Throws(Exception error) => error is InvalidDataException or EndOfStreamException or SharpZipBaseException
        or IndexOutOfRangeException or ArgumentException or InvalidOperationException or OverflowException;

    /// <summary>Decompresses a stream. Disposing the result disposes <paramref name="compressed"/>.</summary>
    public static Stream OpenRead(Stream compressed) => new Bzip2ReadStream(compressed);
}
