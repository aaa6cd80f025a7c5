// SPDX-License-Identifier: MIT

using OciPS.Compression;
using OciPS.Compression.Gzip;
using OciPS.Compression.Zstd;
using OciPS.IO.Hashing;
using OciPS.Layers;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Splicing;
using OciPS.Storage;

namespace OciPS.Removal;

/// <summary>Makes the new layer out of the old one and its edits, while it is read.</summary>
/// <param name="source">The old layer.</param>
/// <param name="edits">What changes in it.</param>
/// <param name="shortcut">What is known of the layer and of the new one, if it is; null for nothing.</param>
/// <param name="recompress">Whether all of it is recompressed, even where compressed blocks could stay.</param>
internal sealed class LayerRewriter(LayerSource source, IReadOnlyList<ByteEdit> edits, SpliceIndex? shortcut, bool recompress)
{
    private int? _zstdLevel;

    /// <summary>The digest of the new layer before compression; known once it was written to its end.</summary>
    public Digest DiffId { get; private set; }

    /// <summary>Fetches the layer where it has to be read more than once.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken) =>
        source.Scan.Compression == LayerCompression.Zstd ? source.BringToHandAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>The new layer; made again each time it is written.</summary>
    public BlobSource ToBlob() => new(
        source.Scan.Compression switch
        {
            LayerCompression.Gzip when !recompress => SpliceAsync,
            LayerCompression.Zstd => RewriteZstdAsync,
            _ => (output, token) => RecompressAsync(output, null, token),
        },
        null);

    private async Task SpliceAsync(Stream output, CancellationToken cancellationToken)
    {
        using Stream compressed = await source.OpenCompressedAsync(cancellationToken).ConfigureAwait(false);
        using var splicer = new GzipSplicer(compressed, edits, output, shortcut);
        try
        {
            DiffId = await splicer.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException error)
        {
            throw LayerCodecs.For(LayerCompression.Gzip).Damaged(source.What, error);
        }
    }

    private async Task RewriteZstdAsync(Stream output, CancellationToken cancellationToken)
    {
        int level;
        try
        {
            // A transfer that breaks off makes the layer again.
            level = _zstdLevel ??= await ZstdLevel.FitAsync(source.OpenCompressedAsync, cancellationToken).ConfigureAwait(false);
            var splicer = new ZstdSplicer(source.OpenCompressedAsync, edits, level);
            // Frames do not tell what is put behind the last of them.
            bool isAppended = edits.Any(edit => edit.IsInsertion);
            if (!recompress && !isAppended && await splicer.PaysAsync(cancellationToken).ConfigureAwait(false))
            {
                DiffId = await splicer.RunAsync(output, cancellationToken).ConfigureAwait(false);
                return;
            }
        }
        catch (Exception error) when (LayerCodecs.IsDamage(error))
        {
            throw LayerCodecs.For(LayerCompression.Zstd).Damaged(source.What, error);
        }

        await RecompressAsync(output, level, cancellationToken).ConfigureAwait(false);
    }

    private async Task RecompressAsync(Stream output, int? level, CancellationToken cancellationToken)
    {
        using LayerReader reader = await source.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (LayerCodecs.OpenWrite(output, source.Scan.Compression, level) is { } compressor)
        {
            await using (compressor.ConfigureAwait(false))
            {
                await EditAsync(reader, compressor, cancellationToken).ConfigureAwait(false);
            }
        }
        else
        {
            await EditAsync(reader, output, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task EditAsync(LayerReader reader, Stream output, CancellationToken cancellationToken)
    {
        using var hashed = new HashingWriteStream(output);
        await StreamEditor.ApplyAsync(reader.Decompressed, edits, hashed, cancellationToken).ConfigureAwait(false);
        await reader.FinishAsync(cancellationToken).ConfigureAwait(false);
        DiffId = hashed.Finish();
    }
}
