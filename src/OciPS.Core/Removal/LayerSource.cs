// SPDX-License-Identifier: MIT

using OciPS.IO;
using OciPS.Layers;
using OciPS.Storage;

namespace OciPS.Removal;

/// <summary>A scanned layer that can be read again: from its spool file if it has one, else from its store.</summary>
internal sealed class LayerSource(LayerScan scan) : IDisposable
{
    private SpoolFile? _fetched;

    public LayerScan Scan { get; } = scan;

    /// <summary>Its name, for messages.</summary>
    public string What => Scan.Layer.Name;

    /// <summary>Whether it can be read repeatedly without another download.</summary>
    public bool IsAtHand => Spool is not null || Scan.Layer.IsLocal;

    private SpoolFile? Spool => Scan.Spool ?? _fetched;

    /// <summary>Downloads the layer, unless it is local, to read it more than once.</summary>
    public async Task BringToHandAsync(CancellationToken cancellationToken)
    {
        if (IsAtHand)
        {
            return;
        }

        Scan.Layer.Log.Verbose($"{What} is spooled in '{SpoolFile.Folder}'.");
        _fetched = await BlobReader.ReadAgainAsync(FetchAsync, cancellationToken).ConfigureAwait(false);
    }

    public Task<LayerReader> OpenAsync(CancellationToken cancellationToken) => Spool is { } spool
        ? LayerReader.OpenAsync(spool, What, cancellationToken)
        : Scan.Layer.OpenReaderAsync(cancellationToken);

    /// <summary>The compressed layer; its digest is checked at the end.</summary>
    public async Task<Stream> OpenCompressedAsync(CancellationToken cancellationToken) => Spool is { } spool
        ? spool.OpenRead()
        : await Scan.Layer.OpenCompressedAsync(cancellationToken).ConfigureAwait(false);

    public void Dispose() => _fetched?.Dispose();

    private async Task<SpoolFile> FetchAsync(CancellationToken cancellationToken)
    {
        var spool = SpoolFile.Create();
        try
        {
            using Stream compressed = await OpenCompressedAsync(cancellationToken).ConfigureAwait(false);
            await spool.WriteAllAsync(compressed, cancellationToken).ConfigureAwait(false);
            return spool;
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }
}
