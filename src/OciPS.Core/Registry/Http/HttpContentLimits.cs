// SPDX-License-Identifier: MIT

using OciPS.IO;

namespace OciPS.Registry.Http;

/// <summary>Reads responses into memory, up to a size limit.</summary>
internal static class HttpContentLimits
{
    private const int MaximumRefusal = 16 * 1024;

    /// <exception cref="InvalidContentException">The response exceeds the limit.</exception>
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

    /// <summary>Reads the beginning of an error response and buffers it, so that it can be read again.</summary>
    /// <exception cref="RegistryException">The response broke off.</exception>
    public static async Task<byte[]> BufferStartAsync(this HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content is KeptContent kept)
        {
            return kept.Bytes;
        }

        Stream body = await OpenAsync(response, cancellationToken).ConfigureAwait(false);
        using var buffer = new PooledBuffer(MaximumRefusal);
        HttpContent read = response.Content;
        // A response that broke off cannot be read again.
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
