// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Storage;

/// <summary>What a blob is written from.</summary>
/// <param name="WriteToAsync">Writes the content, from its beginning; called again when a transfer has to be restarted.</param>
/// <param name="Known">Digest and size, if they are known before; then what is written has been checked against them.</param>
/// <param name="Algorithm">What its digest is made with where it is not known; null for SHA-256.</param>
internal sealed record BlobSource(
    Func<Stream, CancellationToken, Task> WriteToAsync, Descriptor? Known, DigestAlgorithm? Algorithm = null)
{
    private const int BufferSize = 128 * 1024;

    public static BlobSource FromBytes(ReadOnlyMemory<byte> bytes, Descriptor known) =>
        new(async (output, cancellationToken) => await output.WriteAsync(bytes, cancellationToken).ConfigureAwait(false), known);

    /// <summary>A blob of another store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="blob">The blob.</param>
    /// <param name="watch">Puts itself between, to see how far it is.</param>
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
