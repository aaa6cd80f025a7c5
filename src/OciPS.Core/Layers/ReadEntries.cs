// SPDX-License-Identifier: MIT

using OciPS.Compression.Gzip;
using OciPS.Tar;

namespace OciPS.Layers;

/// <summary>The entries of a layer, found by reading it.</summary>
internal sealed class ReadEntries : LayerEntries
{
    private readonly LayerReader _reader;

    private ReadEntries(LayerReader reader) => _reader = reader;

    /// <param name="layer">The layer.</param>
    /// <param name="isKept">Whether the listing is cached.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<ReadEntries> OpenAsync(Layer layer, bool isKept, CancellationToken cancellationToken)
    {
        InflatePoints points = InflatePoints.ForLayer(layer.Size);
        if (!isKept || layer.Listings.Begin(layer.Descriptor, points) is not { } listing)
        {
            return new ReadEntries(await layer.OpenReaderAsync(cancellationToken).ConfigureAwait(false));
        }

        LayerReader reader = await LayerReader.OpenAsync(
            layer, LayerHashing.Whole, listing, null, cancellationToken).ConfigureAwait(false);
        reader.Points = points;
        return new ReadEntries(reader);
    }

    public override ValueTask<TarEntry?> ReadAsync(CancellationToken cancellationToken) => _reader.ReadAsync(cancellationToken);

    public override Task FinishAsync(CancellationToken cancellationToken) => _reader.FinishAsync(cancellationToken);

    public override void Dispose() => _reader.Dispose();

    protected override Task<Stream> OpenAsync(CancellationToken cancellationToken) => Task.FromResult(_reader.OpenContent());
}
