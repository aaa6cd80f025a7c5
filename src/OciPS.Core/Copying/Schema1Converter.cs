// SPDX-License-Identifier: MIT

using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;

namespace OciPS.Copying;

/// <summary>Converts schema 1 images to schema 2, in one pass over each layer; leaves other images unchanged.</summary>
internal sealed class Schema1Converter(ImageTree tree, IImageStore destination, BlobCopier copier)
{
    /// <summary>The manifest of an image; a schema 1 image is converted, and its blobs are written to the destination.</summary>
    public async Task<ManifestContent> ConvertAsync(ManifestNode image, CancellationToken cancellationToken)
    {
        if (image.Manifest.Schema1 is not { } schema1)
        {
            return image.Manifest.Content;
        }

        IReadOnlyList<Descriptor> layers = image.Manifest.Layers;
        var copies = new Dictionary<Digest, CopiedLayer>();
        foreach (Descriptor layer in layers.DistinctBy(layer => layer.Digest))
        {
            copies[layer.Digest] = await copier.CopyLayerAsync(tree.Store, layer, cancellationToken).ConfigureAwait(false);
        }

        CopiedLayer[] copied = layers.Select(layer => copies[layer.Digest]).ToArray();
        return await WriteAsync(
            schema1, copied, destination, copier, $"The manifest of '{tree.Reference}'", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the config that a schema 1 image lacks, and returns the new manifest.</summary>
    public static async Task<ManifestContent> WriteAsync(
        Schema1Manifest schema1, IReadOnlyList<CopiedLayer> layers, IImageStore destination, BlobCopier copier, string what,
        CancellationToken cancellationToken)
    {
        ManifestFormat preferred = destination.PreferredFormat;
        Descriptor[] copied = layers.Select(
            layer => new Descriptor(MediaTypes.Layer(preferred, layer.Compression), layer.Digest, layer.Size)).ToArray();
        ManifestFormat format = FormatConverter.Choose(preferred, copied);
        ReadOnlyMemory<byte> bytes = Schema1Config.Create(schema1, layers.Select(layer => layer.DiffId).ToArray(), what);
        var config = new Descriptor(MediaTypes.Config(format), Digest.FromBytes(bytes.Span), bytes.Length);
        await copier.WriteAsync(bytes, config, "The config", cancellationToken).ConfigureAwait(false);
        return ManifestEditor.Create(
            format, config, copied.Select(layer => layer with { MediaType = MediaTypes.Convert(layer.MediaType, format) }));
    }
}
