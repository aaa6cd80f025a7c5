// SPDX-License-Identifier: MIT

using OciPS.Streams;

namespace OciPS.Registry;

/// <summary>Reads answers that belong in memory, and no more of them than is sensible.</summary>
internal static class BoundedBody
{
    /// <exception cref="InvalidContentException">The answer is larger than that.</exception>
    public static async Task<byte[]> ReadBoundedAsync(this HttpResponseMessage response, int maximumSize, string what, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        using var body = new ResponseStream(
            response, await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), response.RequestMessage?.RequestUri?.Authority ?? "the registry");
        using var buffer = new PooledBuffer(32 * 1024);
        int count;
        while ((count = await body.ReadAsync(buffer.Memory, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (bytes.Length + count > maximumSize)
            {
                throw new InvalidContentException(ErrorIds.ManifestTooLarge, $"{what} is larger than the {maximumSize} bytes that are read at most.");
            }

            bytes.Write(buffer.Array, 0, count);
        }

        return bytes.ToArray();
    }
}
