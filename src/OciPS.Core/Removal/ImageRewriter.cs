// SPDX-License-Identifier: MIT

using OciPS.Copying;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Sessions;
using OciPS.Storage;

namespace OciPS.Removal;

/// <summary>Writes the config and the manifest of an image with rewritten layers.</summary>
internal sealed class ImageRewriter(IImageStore source, IImageStore destination, BlobCopier copier, OperationContext operation)
{
    /// <summary>Writes the new config, and returns the new manifest; the old one if nothing changed.</summary>
    public async Task<ManifestContent> WriteAsync(
        ImageScan image, IReadOnlyDictionary<int, RewriteSet.RewrittenLayer> rewritten, CancellationToken cancellationToken)
    {
        ImageManifest manifest = image.Node.Manifest;
        if (manifest.Schema1 is { } schema1)
        {
            CopiedLayer[] layers = image.Layers.Select(scan => rewritten.TryGetValue(scan.Index, out RewriteSet.RewrittenLayer changed)
                ? new CopiedLayer(changed.Digest, changed.Size, changed.DiffId, scan.Compression)
                : new CopiedLayer(scan.Layer.Digest, scan.Layer.Size, scan.DiffId, scan.Compression)).ToArray();
            return await Schema1Converter.WriteAsync(
                schema1, layers, destination, copier, $"The manifest of '{image.Reference}'", cancellationToken).ConfigureAwait(false);
        }

        if (rewritten.Count == 0)
        {
            return manifest.Content;
        }

        string what = $"The config of '{image.Reference}'";
        ImageConfig original = await source.ReadConfigAsync(manifest, what, cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte> bytes = ConfigEditor.SetDiffIds(original.Bytes, DiffIds(image, original, rewritten, what), what);
        bytes = ConfigHistory.Fit(bytes, manifest.Layers.Count, what);
        Descriptor config = manifest.Config with { Digest = Digest.FromBytes(bytes.Span), Size = bytes.Length };
        await copier.WriteAsync(bytes, config, "The config", cancellationToken).ConfigureAwait(false);
        return ManifestEditor.Replace(manifest, config, GetLayers(manifest, rewritten), $"The manifest of '{image.Reference}'");
    }

    /// <summary>The descriptors of the new layers.</summary>
    public static IReadOnlyDictionary<int, Descriptor> GetLayers(
        ImageManifest manifest, IReadOnlyDictionary<int, RewriteSet.RewrittenLayer> rewritten) =>
        rewritten.ToDictionary(layer => layer.Key, layer => manifest.Layers[layer.Key] with
        {
            Digest = layer.Value.Digest,
            Size = layer.Value.Size,
            SizeIsKnown = true,
            // The new layer exists only here, so it has no URLs.
            MediaType = MediaTypes.Distributable(manifest.Layers[layer.Key].MediaType),
            Urls = [],
        });

    // Different algorithms do not mean that the digest is wrong.
    private static bool IsInAnotherAlgorithm(string stated, Digest computed) =>
        Digest.TryParse(stated, out Digest digest) && digest.Kind != computed.Kind;

    /// <summary>The diffIDs of all layers: of rewritten ones, and of the others from their scan.</summary>
    private Digest[] DiffIds(
        ImageScan image, ImageConfig config, IReadOnlyDictionary<int, RewriteSet.RewrittenLayer> rewritten, string what)
    {
        IReadOnlyList<string> stated = config.DiffIds ?? throw new InvalidContentException(
            ErrorIds.InvalidConfig, $"{what} has no 'rootfs', so it is not the config of an image whose layers can be rewritten.");
        var diffIds = new Digest[image.Node.Manifest.Layers.Count];
        for (int index = 0; index < diffIds.Length; index++)
        {
            LayerScan? scan = image.Layers.FirstOrDefault(scan => scan.Index == index);
            string? old = stated.Count == diffIds.Length ? stated[index] : null;
            diffIds[index] = rewritten.TryGetValue(index, out RewriteSet.RewrittenLayer changed) ? changed.DiffId
                : scan is not null ? scan.DiffId
                : Digest.TryParse(old, out Digest unread) ? unread
                : throw new InvalidContentException(
                    ErrorIds.InvalidConfig, $"{what} has no diffID for layer {index}, which cannot be read here.");
            if (scan is not null && scan.DiffId != default && old is not null && old != scan.DiffId.ToString()
                && !IsInAnotherAlgorithm(old, scan.DiffId))
            {
                operation.Log.Warning(
                    $"{what} has the diffID {old} for layer {index}, whose content has {scan.DiffId}; the new config is right.");
            }
        }

        return diffIds;
    }
}
