// SPDX-License-Identifier: MIT

using OciPS.Compression.Gzip;
using OciPS.Manifests;

namespace OciPS.Compression;

/// <summary>One way in which a layer is compressed.</summary>
/// <param name="Compression">Which one.</param>
/// <param name="IsMagic">Whether data that begins so is compressed in this way.</param>
/// <param name="OpenRead">Decompresses a stream, and disposes it with what it gives.</param>
/// <param name="IsDamage">Whether the decompressor throws such an error on bad data; errors of the source are not meant.</param>
internal sealed record LayerCodec(
    LayerCompression Compression, LayerCodec.MagicTest IsMagic, Func<Stream, Stream> OpenRead, Func<Exception, bool> IsDamage)
{
    public delegate bool MagicTest(ReadOnlySpan<byte> first);

    /// <summary>As <see cref="OpenRead"/>, from a point on; null where there are no points.</summary>
    public Func<Stream, InflatePoint, Stream>? OpenReadAt { get; init; }

    /// <summary>
    /// Compresses into a stream, which stays open, with a level of its own or the usual one; null if nothing is written so.
    /// </summary>
    public Func<Stream, int?, Stream>? OpenWrite { get; init; }

    /// <summary>What to say of data that is not right.</summary>
    public InvalidContentException Damaged(string what, Exception error) => new(
        ErrorIds.InvalidCompression,
        $"{what} cannot be decompressed, its {Compression.ToString().ToLowerInvariant()} data is damaged or cut short: {error.Message}",
        error);
}
