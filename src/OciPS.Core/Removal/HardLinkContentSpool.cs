// SPDX-License-Identifier: MIT

using OciPS.IO;
using OciPS.Layers;
using OciPS.Splicing;
using OciPS.Tar;
using ZstdSharp;

namespace OciPS.Removal;

/// <summary>
/// Holds what hard links take over, fetched in one reading of each layer that has some of it, and makes patches of edits.
/// </summary>
/// <remarks>The content is compressed again: a small layer can hold any number of bytes.</remarks>
internal sealed class HardLinkContentSpool : IDisposable
{
    private const int CompressionLevel = 1;

    private readonly SpoolFile _spool = SpoolFile.Create();
    private readonly Dictionary<TarEntry, (EntryHeaders Headers, long Offset)> _fetched = [];
    private readonly Dictionary<long, long> _ends = [];

    public static async Task<HardLinkContentSpool> FetchAsync(
        RemovalPlan plan, IReadOnlyDictionary<int, LayerSource> layers, CancellationToken cancellationToken)
    {
        var spool = new HardLinkContentSpool();
        try
        {
            foreach (IGrouping<int, (int Layer, TarEntry Entry, bool WithContent)> layer in Needed(plan).GroupBy(need => need.Layer))
            {
                // It is read again when it is rewritten.
                await layers[layer.Key].BringToHandAsync(cancellationToken).ConfigureAwait(false);
                var needs = layer.GroupBy(need => need.Entry)
                    .ToDictionary(need => need.Key.Ordinal, need => need.Any(one => one.WithContent));
                await spool.FetchAsync(layers[layer.Key], needs, cancellationToken).ConfigureAwait(false);
            }

            return spool;
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    /// <summary>The patches that carry out a layer's edits.</summary>
    public IReadOnlyList<TarPatch> ToPatches(IReadOnlyList<LayerEdit> edits) => edits.Select(ToPatch).ToArray();

    public void Dispose() => _spool.Dispose();

    private static IEnumerable<(int Layer, TarEntry Entry, bool WithContent)> Needed(RemovalPlan plan)
    {
        foreach ((int layer, IReadOnlyList<LayerEdit> edits) in plan.Edits)
        {
            foreach (LayerEdit edit in edits)
            {
                if (edit is LayerEdit.Promote promote)
                {
                    yield return (layer, promote.Entry, false);
                    yield return (promote.SourceLayer, promote.Source, true);
                }
                else if (edit is LayerEdit.Relink)
                {
                    yield return (layer, edit.Entry, false);
                }
            }
        }
    }

    private TarPatch ToPatch(LayerEdit edit)
    {
        TarEntry entry = edit.Entry;
        switch (edit)
        {
            case LayerEdit.Promote promote:
                (EntryHeaders source, long offset) = Copy(promote.Source);
                if (promote.Source.Global != entry.Global)
                {
                    source.AddInherited(promote.Source.Global);
                }

                source.Rename(_fetched[entry].Headers.NameUnder(entry.Global), entry.Global);
                return new TarPatch(entry.Start, entry.End, source.ToBytes(), () => OpenContent(offset));
            case LayerEdit.Relink relink:
                (EntryHeaders link, _) = Copy(entry);
                link.Relink(relink.Target, entry.Global);
                return new TarPatch(entry.Start, entry.End, link.ToBytes());
            default:
                return new TarPatch(entry.Start, entry.End);
        }
    }

    // One source may be promoted more than once, under different names.
    private (EntryHeaders Headers, long Offset) Copy(TarEntry entry)
    {
        (EntryHeaders headers, long offset) = _fetched[entry];
        return (EntryHeaders.Parse(headers.ToBytes()), offset);
    }

    private async Task FetchAsync(LayerSource source, Dictionary<int, bool> needs, CancellationToken cancellationToken)
    {
        using LayerReader reader = await source.OpenAsync(cancellationToken).ConfigureAwait(false);
        using var tar = new SequentialReader(reader.Decompressed);
        foreach (TarEntry entry in source.Scan.Entries.Where(entry => needs.ContainsKey(entry.Ordinal)))
        {
            await tar.SkipToAsync(entry.Start, cancellationToken).ConfigureAwait(false);
            byte[] headers = new byte[entry.ContentStart - entry.Start];
            await tar.ReadAsync(headers, cancellationToken).ConfigureAwait(false);
            _fetched[entry] = (EntryHeaders.Parse(headers), _spool.Length);
            if (needs[entry.Ordinal])
            {
                await FetchContentAsync(tar, entry, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task FetchContentAsync(SequentialReader tar, TarEntry entry, CancellationToken cancellationToken)
    {
        using var output = new SpoolWriteStream(_spool);
        var compressed = new CompressionStream(output, CompressionLevel);
        await using (compressed.ConfigureAwait(false))
        {
            await tar.CopyToAsync(entry.End, compressed.WriteAsync, cancellationToken).ConfigureAwait(false);
            await compressed.WriteAsync(new byte[entry.MissingPadding], cancellationToken).ConfigureAwait(false);
        }

        _ends[_fetched[entry].Offset] = _spool.Length;
    }

    private DecompressionStream OpenContent(long offset) =>
        new DecompressionStream(_spool.OpenRead(offset, _ends[offset] - offset), leaveOpen: false);
}
