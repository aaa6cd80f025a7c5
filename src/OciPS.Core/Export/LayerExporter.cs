// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.IO;
using OciPS.Layers;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;
using OciPS.Tar;

namespace OciPS.Export;

/// <summary>Writes an image's blobs, as they are stored, into one tar.</summary>
/// <param name="image">The image.</param>
/// <param name="excludeConfig">Whether only layers are written.</param>
/// <param name="operation">Receives progress.</param>
internal sealed class LayerExporter(ImageSource image, bool excludeConfig, OperationContext operation)
{
    /// <summary>Writes the tar: the config, then the layers, base first, each blob once. The same image gives the same bytes.</summary>
    public async Task ExportAsync(Stream output, CancellationToken cancellationToken)
    {
        await ManifestCheck.ExpectLayersAsync(image.Store, image.Manifest, image.Reference, cancellationToken).ConfigureAwait(false);
        var tar = new TarArchiveWriter(output);
        var written = new HashSet<Digest>();
        if (!excludeConfig && image.Manifest.Schema1 is not null)
        {
            operation.Log.Warning($"'{image.Reference}' is of schema 1 and has no config; the layers alone are written.");
        }
        else if (!excludeConfig)
        {
            await WriteAsync(tar, written, image.Manifest.Config, "The config", cancellationToken).ConfigureAwait(false);
        }

        foreach (Layer layer in image.GetLayers(operation))
        {
            if (MediaTypes.IsForeignLayer(layer.Descriptor.MediaType))
            {
                operation.Log.Warning(
                    $"{layer.Label} of '{image.Reference}' ({layer.Digest}) is left out: it is a foreign layer "
                        + $"({layer.Descriptor.MediaType}), which "
                        + "registries need not have.");
                continue;
            }

            await WriteAsync(tar, written, layer.Descriptor, layer.Label, cancellationToken).ConfigureAwait(false);
        }

        await tar.FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the tar to a new file, or replaces an existing one.</summary>
    public Task ExportAsync(string path, CancellationToken cancellationToken) =>
        BlobReader.ReadAgainAsync(token => FileReplacement.WriteAsync(path, ExportAsync, token), cancellationToken);

    private async Task WriteAsync(
        TarArchiveWriter tar, HashSet<Digest> written, Descriptor blob, string what, CancellationToken cancellationToken)
    {
        if (!written.Add(blob.Digest))
        {
            operation.Log.Verbose($"{what} ({blob.Digest}) is in the tar already.");
            return;
        }

        (Stream content, long size) = await OpenAsync(blob, what, cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            await tar.WriteFileAsync($"{blob.Digest}.tar", content, size, cancellationToken).ConfigureAwait(false);
        }

        operation.Log.Verbose($"{what} ({blob.Digest}, {size} bytes) was written.");
    }

    // A tar header has the size, and precedes the content.
    private async Task<(Stream Content, long Size)> OpenAsync(Descriptor blob, string what, CancellationToken cancellationToken)
    {
        return blob.SizeIsKnown
            ? (await OpenWatchedAsync(blob, what, cancellationToken).ConfigureAwait(false), blob.Size)
            : await BlobReader.ReadAgainAsync(token => SpoolAsync(blob, what, token), cancellationToken).ConfigureAwait(false);
    }

    private async Task<Stream> OpenWatchedAsync(Descriptor blob, string what, CancellationToken cancellationToken) => new ProgressStream(
        await image.Store.OpenVerifiedAsync(
            blob, $"{what} ({blob.Digest})", cancellationToken).ConfigureAwait(false),
        $"blob {blob.Digest.Short}",
        blob.Size,
        operation.Log);

    private async Task<(Stream Content, long Size)> SpoolAsync(Descriptor blob, string what, CancellationToken cancellationToken)
    {
        using Stream content = await OpenWatchedAsync(blob, what, cancellationToken).ConfigureAwait(false);
        var spool = SpoolFile.Create();
        try
        {
            await spool.WriteAllAsync(content, cancellationToken).ConfigureAwait(false);
            return (new CompositeDisposeStream(spool.OpenRead(), spool), spool.Length);
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }
}
