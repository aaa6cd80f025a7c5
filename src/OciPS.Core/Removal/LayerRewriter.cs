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

/// <summary>Writes a new layer from the old one and its edits, in a streaming pass.</summary>
/// <param name="source">The old layer.</param>
/// <param name="edits">The edits.</param>
/// <param name="shortcut">Results of the scan that speed up the rewrite; null for none.</param>
/// <param name="recompress">Whether everything is recompressed, even where compressed blocks could be kept.</param>
internal sealed class LayerRewriter(LayerSource source, IReadOnlyList<ByteEdit> edits, SpliceIndex? shortcut, bool recompress)
{
    private int? _zstdLevel;

    /// <summary>The digest of the decompressed new layer; set after it was written completely.</summary>
    public Digest DiffId { get; private set; }

    /// <summary>Downloads the layer if it has to be read more than once.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken) =>
        source.Scan.Compression == LayerCompression.Zstd ? source.BringToHandAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>The new layer; each read of it repeats the rewrite.</summary>
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
            // Kept, since an interrupted transfer repeats the rewrite.
            level = _zstdLevel ??= await ZstdLevel.FitAsync(source.OpenCompressedAsync, cancellationToken).ConfigureAwait(false);
            var splicer = new ZstdSplicer(source.OpenCompressedAsync, edits, level);
            // The frames do not include insertions after the last one.
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
