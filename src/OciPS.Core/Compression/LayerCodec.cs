// SPDX-License-Identifier: MIT

using OciPS.Compression.Gzip;
using OciPS.Manifests;

namespace OciPS.Compression;

/// <summary>A compression format of layers.</summary>
/// <param name="Compression">The format.</param>
/// <param name="IsMagic">Whether data that begins with these bytes is in this format.</param>
/// <param name="OpenRead">Decompresses a stream. Disposing the result disposes the stream.</param>
/// <param name="Throws">Whether the decompressor throws this error on bad data.</param>
internal sealed record LayerCodec(
    LayerCompression Compression, LayerCodec.MagicTest IsMagic, Func<Stream, Stream> OpenRead, Func<Exception, bool> Throws)
{
    public delegate bool MagicTest(ReadOnlySpan<byte> first);

    /// <summary>Like <see cref="OpenRead"/>, from a point on; null if the format has no points.</summary>
    public Func<Stream, InflatePoint, Stream>? OpenReadAt { get; init; }

    /// <summary>Compresses into a stream, which stays open, at a given or the default level; null if the format is only read.</summary>
    public Func<Stream, int?, Stream>? OpenWrite { get; init; }

    /// <summary>Whether an error means that the data is damaged; errors of the source, and a stream that was closed, do not.</summary>
    public bool IsDamage(Exception error) => error is not (OciException or ObjectDisposedException) && Throws(error);

    /// <summary>The error for damaged data.</summary>
    public InvalidContentException Damaged(string what, Exception error) => new(
        ErrorIds.InvalidCompression,
        $"{what} cannot be decompressed, its {Compression.ToString().ToLowerInvariant()} data is damaged or cut short: {error.Message}",
        error);
}
