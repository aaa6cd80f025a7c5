// SPDX-License-Identifier: MIT

using OciPS.IO;

namespace OciPS.Registry.Http;

/// <summary>Reads answers that belong in memory, and no more of them than is sensible.</summary>
internal static class HttpContentLimits
{
    private const int MaximumRefusal = 16 * 1024;

    /// <exception cref="InvalidContentException">The answer is larger than that.</exception>
    public static async Task<byte[]> ReadBoundedAsync(
        this HttpResponseMessage response, int maximumSize, string what, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        using Stream body = await OpenAsync(response, cancellationToken).ConfigureAwait(false);
        using var buffer = new PooledBuffer(32 * 1024);
        int count;
        while ((count = await body.ReadAsync(buffer.Memory, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (bytes.Length + count > maximumSize)
            {
                throw new InvalidContentException(
                    ErrorIds.ManifestTooLarge, $"{what} is larger than the {maximumSize} bytes that are allowed.");
            }

            bytes.Write(buffer.Array, 0, count);
        }

        return bytes.ToArray();
    }

    /// <summary>Reads as much of a refusal as is sensible, and keeps it, so that it can be read again.</summary>
    /// <exception cref="RegistryException">It broke off.</exception>
    public static async Task<byte[]> BufferStartAsync(this HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content is KeptContent kept)
        {
            return kept.Bytes;
        }

        Stream body = await OpenAsync(response, cancellationToken).ConfigureAwait(false);
        using var buffer = new PooledBuffer(MaximumRefusal);
        HttpContent read = response.Content;
        // What broke off cannot be read a second time either.
        response.Content = new KeptContent([]);
        int count = await body.ReadAtLeastAsync(
            buffer.Memory[..MaximumRefusal], MaximumRefusal, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        byte[] bytes = buffer.Array[..count];
        response.Content = new KeptContent(bytes);
        response.Content.Headers.ContentType = read.Headers.ContentType;
        read.Dispose();
        return bytes;
    }

    private static async Task<Stream> OpenAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string registry = response.RequestMessage?.RequestUri?.Authority ?? "the registry";
        var body = new ResponseStream(
            response, await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), registry);
        return await ContentCoding.UndoAsync(response, body, null, registry, cancellationToken).ConfigureAwait(false);
    }

    private sealed class KeptContent(byte[] bytes) : ByteArrayContent(bytes)
    {
        public byte[] Bytes { get; } = bytes;
    }
}
