// SPDX-License-Identifier: MIT

using OciPS.References;
using OciPS.Stores;
using OciPS.Streams;

namespace OciPS.Operations;

/// <summary>Makes the new layer out of the old one and its patches, while it is read.</summary>
internal sealed class LayerRewriter(LayerSource source, IReadOnlyList<TarPatch> patches)
{
    /// <summary>The digest of the new layer before compression; known once it was written to its end.</summary>
    public Digest DiffId { get; private set; }

    /// <summary>The new layer; made anew each time it is written.</summary>
    public BlobSource ToBlob() => new(WriteAsync, null);

    private async Task WriteAsync(Stream output, CancellationToken cancellationToken)
    {
        using LayerReader reader = await source.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (LayerCompressor.Open(output, source.Scan.Compression) is { } compressor)
        {
            await using (compressor.ConfigureAwait(false))
            {
                await PatchAsync(reader, compressor, cancellationToken).ConfigureAwait(false);
            }
        }
        else
        {
            await PatchAsync(reader, output, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task PatchAsync(LayerReader reader, Stream output, CancellationToken cancellationToken)
    {
        using var hashed = new HashingWriteStream(output);
        await TarPatcher.ApplyAsync(reader.Decompressed, patches, hashed, cancellationToken).ConfigureAwait(false);
        await reader.FinishAsync(cancellationToken).ConfigureAwait(false);
        DiffId = hashed.Finish();
    }
}
