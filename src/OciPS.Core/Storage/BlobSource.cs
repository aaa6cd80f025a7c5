// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Storage;

/// <summary>The source of a blob to write.</summary>
/// <param name="WriteToAsync">Writes the content from its beginning; called again when a transfer is restarted.</param>
/// <param name="Known">Digest and size if known beforehand; then the content is verified against them.</param>
/// <param name="Algorithm">The algorithm of an unknown digest; null for SHA-256.</param>
internal sealed record BlobSource(
    Func<Stream, CancellationToken, Task> WriteToAsync, Descriptor? Known, DigestAlgorithm? Algorithm = null)
{
    private const int BufferSize = 128 * 1024;

    public static BlobSource FromBytes(ReadOnlyMemory<byte> bytes, Descriptor known) =>
        new(async (output, cancellationToken) => await output.WriteAsync(bytes, cancellationToken).ConfigureAwait(false), known);

    /// <summary>A blob in another store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="blob">The blob.</param>
    /// <param name="watch">Wraps the content's stream, to report progress.</param>
    public static BlobSource FromStore(IImageStore store, Descriptor blob, Func<Stream, Stream> watch) => new(
        async (output, cancellationToken) =>
        {
            using Stream content = watch(await store.OpenVerifiedAsync(
                blob, $"The blob {blob.Digest} in '{store.Repository.Name}'", cancellationToken).ConfigureAwait(false));
            await content.CopyToAsync(output, BufferSize, cancellationToken).ConfigureAwait(false);
        },
        blob.SizeIsKnown ? blob : null,
        blob.Digest.Kind);
}
