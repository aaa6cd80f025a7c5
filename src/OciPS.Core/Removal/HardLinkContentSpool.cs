// SPDX-License-Identifier: MIT

using OciPS.IO;
using OciPS.Layers;
using OciPS.Splicing;
using OciPS.Tar;
using ZstdSharp;

namespace OciPS.Removal;

/// <summary>Holds the content for promoted hard links, fetched in one pass over each layer that has some of it.</summary>
/// <remarks>The content is compressed: a small layer can expand to any size.</remarks>
internal sealed class HardLinkContentSpool : IDisposable
{
    private const int CompressionLevel = 1;

    private readonly SpoolFile _spool = SpoolFile.Create();
    private readonly Dictionary<TarEntry, byte[]> _headers = [];
    private readonly Dictionary<TarEntry, (long Offset, long Length)> _contents = [];

    public static async Task<HardLinkContentSpool> FetchAsync(
        RemovalPlan plan, IReadOnlyDictionary<int, LayerSource> layers, CancellationToken cancellationToken)
    {
        var spool = new HardLinkContentSpool();
        try
        {
            foreach (IGrouping<int, (int Layer, TarEntry Entry, bool WithContent)> layer in Needed(plan).GroupBy(need => need.Layer))
            {
                // The layer is read again for its rewrite.
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

    /// <summary>The headers of a fetched entry, as a copy that the caller may change.</summary>
    public EntryHeaders Headers(TarEntry entry) => EntryHeaders.Parse(_headers[entry]);

    /// <summary>Opens the padded content of a fetched entry; one may be promoted more than once.</summary>
    public Stream OpenContent(TarEntry entry)
    {
        (long offset, long length) = _contents[entry];
        return new DecompressionStream(_spool.OpenRead(offset, length), leaveOpen: false);
    }

    public void Dispose() => _spool.Dispose();

    private static IEnumerable<(int Layer, TarEntry Entry, bool WithContent)> Needed(RemovalPlan plan)
    {
        foreach ((int layer, IReadOnlyList<EntryDecision> decisions) in plan.Decisions)
        {
            foreach (EntryDecision decision in decisions)
            {
                if (decision is EntryDecision.Promote promote)
                {
                    yield return (layer, promote.Entry, false);
                    yield return (promote.SourceLayer, promote.Source, true);
                }
                else if (decision is EntryDecision.Relink)
                {
                    yield return (layer, decision.Entry, false);
                }
            }
        }
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
            _headers[entry] = headers;
            if (needs[entry.Ordinal])
            {
                await FetchContentAsync(tar, entry, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task FetchContentAsync(SequentialReader tar, TarEntry entry, CancellationToken cancellationToken)
    {
        long start = _spool.Length;
        using var output = new SpoolWriteStream(_spool);
        var compressed = new CompressionStream(output, CompressionLevel);
        await using (compressed.ConfigureAwait(false))
        {
            await tar.CopyToAsync(entry.End, compressed.WriteAsync, cancellationToken).ConfigureAwait(false);
            await compressed.WriteAsync(new byte[entry.MissingPadding], cancellationToken).ConfigureAwait(false);
        }

        _contents[entry] = (start, _spool.Length - start);
    }
}
