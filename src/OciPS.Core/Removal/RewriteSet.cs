// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using OciPS.Compression.Gzip;
using OciPS.Copying;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Splicing;
using OciPS.Storage;

namespace OciPS.Removal;

/// <summary>Writes the new layers of some images; a layer that several images change in the same way is written once.</summary>
internal sealed class RewriteSet
{
    private readonly ConcurrentDictionary<string, RewrittenLayer> _layers = new(StringComparer.Ordinal);

    private RewriteSet()
    {
    }

    /// <summary>A new layer.</summary>
    /// <param name="Digest">Its digest.</param>
    /// <param name="Size">Its size in bytes.</param>
    /// <param name="DiffId">The digest of its decompressed bytes.</param>
    public readonly record struct RewrittenLayer(Digest Digest, long Size, Digest DiffId);

    /// <summary>Executes the plans of all images.</summary>
    public static async Task<RewriteSet> RunAsync(
        IReadOnlyList<PlannedRemoval> images, IImageStore source, BlobCopier copier, bool recompress, OperationContext operation,
        CancellationToken cancellationToken)
    {
        var rewrites = new RewriteSet();
        var held = new List<IDisposable>();
        try
        {
            var jobs = new Dictionary<string, (
                LayerSource Source, IReadOnlyList<ByteEdit> Edits, SpliceIndex? Shortcut)>(StringComparer.Ordinal);
            foreach (PlannedRemoval image in images.Where(image => !image.Plan.IsEmpty))
            {
                Dictionary<int, LayerSource> sources = image.Scan.Layers.ToDictionary(
                    scan => scan.Index, scan => new LayerSource(scan));
                held.AddRange(sources.Values);
                HardLinkContentSpool promoted = await HardLinkContentSpool.FetchAsync(
                    image.Plan, sources, cancellationToken).ConfigureAwait(false);
                held.Add(promoted);
                var builder = new EditBuilder(promoted);
                foreach ((int index, IReadOnlyList<EntryDecision> decisions) in image.Plan.Decisions)
                {
                    LayerScan scan = sources[index].Scan;
                    IReadOnlyList<ByteEdit> edits = builder.Build(scan, decisions);
                    // An edit that adds padding is not part of the prediction.
                    jobs.TryAdd(
                        GetKey(image, index, decisions),
                        (sources[index], edits, edits.Count == decisions.Count ? scan.Remainder?.For(decisions) : null));
                }
            }

            var parallel = new ParallelOptions
            {
                MaxDegreeOfParallelism = Environment.ProcessorCount,
                CancellationToken = cancellationToken,
            };
            await Parallel.ForEachAsync(jobs.OrderByDescending(job => job.Value.Source.Scan.Layer.Size), parallel, async (job, token) =>
            {
                var rewriter = new LayerRewriter(job.Value.Source, job.Value.Edits, job.Value.Shortcut, recompress);
                await rewriter.PrepareAsync(token).ConfigureAwait(false);
                WrittenBlob written = await copier.WriteAsync(
                    rewriter.ToBlob(), $"Rewritten layer {job.Value.Source.Scan.Index}", token).ConfigureAwait(false);
                rewrites._layers[job.Key] = new RewrittenLayer(written.Digest, written.Size, rewriter.DiffId);
            }).ConfigureAwait(false);
            return rewrites;
        }
        finally
        {
            held.ForEach(one => one.Dispose());
        }
    }

    /// <summary>The new layers of an image, by the index of the layer that they replace.</summary>
    public IReadOnlyDictionary<int, RewrittenLayer> For(PlannedRemoval image) =>
        image.Plan.Decisions.ToDictionary(layer => layer.Key, layer => _layers[GetKey(image, layer.Key, layer.Value)]);

    /// <summary>A key of a layer and all its edits, to detect duplicate work.</summary>
    private static string GetKey(PlannedRemoval image, int index, IReadOnlyList<EntryDecision> decisions)
    {
        IReadOnlyList<Descriptor> layers = image.Node.Manifest.Layers;
        var key = new StringBuilder(layers[index].Digest.ToString());
        foreach (EntryDecision decision in decisions)
        {
            key.Append(CultureInfo.InvariantCulture, $"|{decision.Entry.Ordinal}");
            _ = decision switch
            {
                EntryDecision.Promote promote =>
                    key.Append(CultureInfo.InvariantCulture, $"<{layers[promote.SourceLayer].Digest}:{promote.Source.Ordinal}"),
                EntryDecision.Relink relink => key.Append(CultureInfo.InvariantCulture, $">{relink.Target.Length}:{relink.Target}"),
                _ => key,
            };
        }

        return key.ToString();
    }
}
