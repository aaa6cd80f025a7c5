// SPDX-License-Identifier: MIT

using OciPS.Manifests;
using OciPS.References;
using OciPS.Streams;
using OciPS.Tar;

namespace OciPS.Operations;

/// <summary>Reads every layer of an image once, to know what is in it and what of it is selected.</summary>
internal sealed class LayerScanner(OpenedImage image, FileSelection selection, IOperationLog log)
{
    private readonly HashSet<string> _selectedNames = new(StringComparer.Ordinal);

    /// <summary>Scans the layers, base first, into a list that the caller disposes, whatever happens.</summary>
    public async Task ScanAsync(List<LayerScan> scans, CancellationToken cancellationToken)
    {
        for (int index = 0; index < image.Manifest.Layers.Count && image.HasFileSystem; index++)
        {
            Descriptor layer = image.Manifest.Layers[index];
            if (MediaTypes.IsImageLayer(layer.MediaType))
            {
                scans.Add(await ScanAsync(layer, index, cancellationToken).ConfigureAwait(false));
            }
            else
            {
                log.Warning($"Layer {index} ({layer.Digest}) of '{image.Reference}' is not read and stays as it is: its type is '{layer.MediaType}'.");
            }
        }
    }

    private async Task<LayerScan> ScanAsync(Descriptor layer, int index, CancellationToken cancellationToken)
    {
        SpoolFile? spool = image.Store.IsLocal ? null : SpoolFile.Create();
        if (spool is not null)
        {
            log.Verbose($"Layer {index} ({layer.Digest}, {layer.Size} bytes) is spooled in '{SpoolFile.Folder}'.");
        }

        try
        {
            LayerScan scan = await ReadAsync(layer, index, spool, cancellationToken).ConfigureAwait(false);
            if (IsLikelyRewritten(scan))
            {
                return scan with { Spool = spool };
            }

            spool?.Dispose();
            return scan;
        }
        catch
        {
            spool?.Dispose();
            throw;
        }
    }

    private async Task<LayerScan> ReadAsync(Descriptor layer, int index, SpoolFile? spool, CancellationToken cancellationToken)
    {
        var entries = new List<TarEntry>();
        var selected = new HashSet<TarEntry>();
        using LayerReader reader = await LayerReader.OpenAsync(image.Store, layer, index, log, spool, withDiffId: true, cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } entry)
        {
            entries.Add(entry);
            var file = new ImageFile(image.Reference, image.Manifest.Layers, index, entry);
            using (file.GoLive(reader))
            {
                if (await selection.TestAsync(file, cancellationToken).ConfigureAwait(false))
                {
                    selected.Add(entry);
                    _selectedNames.Add(entry.Name);
                }
            }
        }

        Digest diffId = await reader.FinishAsync(cancellationToken).ConfigureAwait(false);
        return new LayerScan(index, layer, entries, selected, diffId, reader.Compression);
    }

    // What turns out to be needed after all is fetched again.
    private bool IsLikelyRewritten(LayerScan scan) => scan.Selected.Count > 0
        || scan.Entries.Any(entry => entry.Type == TarEntryType.HardLink && _selectedNames.Contains(TarPath.Clean(entry.LinkTarget)));
}
