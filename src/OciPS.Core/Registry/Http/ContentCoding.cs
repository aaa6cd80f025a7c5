// SPDX-License-Identifier: MIT

using System.IO.Compression;
using OciPS.Compression;
using OciPS.Compression.Gzip;
using OciPS.IO;
using OciPS.Manifests;
using ZstdSharp;

namespace OciPS.Registry.Http;

/// <summary>
/// Decodes responses that were compressed in transit: digests cover the stored bytes. The header alone is no proof: some storage services
/// set it for layers that are gzip themselves.
/// </summary>
/// <remarks>RFC 9110, section 8.4.</remarks>
internal static class ContentCoding
{
    private const int Looked = 4096;

    /// <summary>Whether a response claims a content coding.</summary>
    public static bool IsLabelled(HttpResponseMessage response) => GetCodings(response).Length > 0;

    /// <summary>Whether a partial response is a part of the compressed form, and so not of the blob.</summary>
    public static bool IsPartOfAnother(HttpResponseMessage response, Descriptor blob) =>
        IsLabelled(response) && blob.SizeIsKnown && response.Content.Headers.ContentRange is { Length: { } length } && length != blob.Size;

    /// <summary>The body of a response as the registry stores it.</summary>
    /// <param name="response">The response.</param>
    /// <param name="body">The raw body; disposed with the returned stream.</param>
    /// <param name="blob">The blob; null for a JSON document.</param>
    /// <param name="registry">The registry's host.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<Stream> UndoAsync(
        HttpResponseMessage response, Stream body, Descriptor? blob, string registry, CancellationToken cancellationToken)
    {
        string[] codings = GetCodings(response);
        if (codings.Length == 0 || (StoredLength(response, blob) is { } stored && stored == response.Content.Headers.ContentLength))
        {
            return body;
        }

        var whole = new ReadBufferStream(body);
        ReadOnlyMemory<byte> first = await whole.PeekAsync(Looked, cancellationToken).ConfigureAwait(false);
        return IsCompressed(first, codings[^1], blob)
            ? new DecodedStream(Enumerable.Reverse(codings).Aggregate((Stream)whole, Decode), registry)
            : whole;
    }

    private static string[] GetCodings(HttpResponseMessage response) =>
        [.. response.Content.Headers.ContentEncoding.Select(coding => coding.ToLowerInvariant()).Where(coding => coding != "identity")];

    /// <summary>The length of an unencoded response; null if unknown.</summary>
    private static long? StoredLength(HttpResponseMessage response, Descriptor? blob) =>
        response.Content.Headers.ContentRange is { From: { } from, To: { } to } ? to - from + 1
        : blob is { SizeIsKnown: true } ? blob.Size
        : null;

    private static bool IsCompressed(ReadOnlyMemory<byte> first, string coding, Descriptor? blob)
    {
        if (coding is not ("gzip" or "x-gzip"))
        {
            // A JSON document begins with a brace; compressed data does not, in zlib, Brotli or zstd, if compression is worthwhile.
            return blob is not null || !first.Span.TrimStart(" \t\r\n"u8).StartsWith("{"u8);
        }

        bool isGzip = LayerCodecs.Detect(first.Span).Compression == LayerCompression.Gzip;
        bool mayBeStoredSo = blob is not null && blob.MediaType.Contains("gzip", StringComparison.OrdinalIgnoreCase);
        return isGzip && (!mayBeStoredSo || HoldsGzip(first));
    }

    private static bool HoldsGzip(ReadOnlyMemory<byte> first)
    {
        Span<byte> inner = stackalloc byte[3];
        using var decoded = new GzipReadStream(new MemoryStream(first.ToArray()));
        try
        {
            return decoded.ReadAtLeast(inner, inner.Length, throwOnEndOfStream: false) == inner.Length
                && LayerCodecs.Detect(inner).Compression == LayerCompression.Gzip;
        }
        catch (Exception error) when (LayerCodecs.IsDamage(error))
        {
            return false;
        }
    }

    private static Stream Decode(Stream body, string coding) => coding switch
    {
        "gzip" or "x-gzip" => new GzipReadStream(body),
        "deflate" => new ZLibStream(body, CompressionMode.Decompress),
        "br" => new BrotliStream(body, CompressionMode.Decompress),
        "zstd" => new DecompressionStream(body, leaveOpen: false),
        _ => throw new RegistryException(
            ErrorIds.RegistryError,
            $"The response has the unknown content coding '{coding}', though none was asked for. A proxy adds that; exempt '/v2/' there."),
    };

    /// <summary>The decoded body; damage to it counts as a failed transfer.</summary>
    private sealed class DecodedStream(Stream decoded, string registry) : ForwardStream
    {
        public override int Read(Span<byte> buffer) => throw new NotSupportedException("Answers are read asynchronously.");

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await decoded.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (LayerCodecs.IsDamage(error))
            {
                throw new RegistryException(
                    ErrorIds.RegistryUnreachable,
                    $"The transfer from '{registry}' broke off: a proxy compressed it wrongly. {error.Message}", 0, error)
                {
                    IsTransient = true,
                };
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                decoded.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
