// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Manifests;
using OciPS.Manifests.Json;
using OciPS.References;
using OciPS.Tar;

namespace OciPS.Storage.DockerArchives;

/// <summary>Writes a tarball with one image, with the same members as skopeo.</summary>
/// <remarks>Docker image specification 1.2, "Combined Image JSON + Filesystem Changeset Format".</remarks>
internal static class DockerArchiveWriter
{
    private static readonly int s_mode = Convert.ToInt32("444", 8);

    public static async Task WriteAsync(
        ArchiveTarget target, ImageManifest image, DecompressedBlobs blobs, IReadOnlyList<string> repoTags,
        CancellationToken cancellationToken)
    {
        string what = $"The config {image.Config.Digest}";
        ImageConfig config = ImageConfig.Parse(
            await ReadAsync(blobs[image.Config.Digest], what, cancellationToken).ConfigureAwait(false), what);
        DecompressedBlobs.Blob[] layers = image.Layers.Select(layer => blobs[layer.Digest]).ToArray();
        await CheckAsync(image, config, layers, what, cancellationToken).ConfigureAwait(false);
        await target.WriteAsync(
            tar => WriteAsync(tar, config, layers, repoTags, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private static async Task WriteAsync(
        TarArchiveWriter tar, ImageConfig config, DecompressedBlobs.Blob[] layers, IReadOnlyList<string> repoTags,
        CancellationToken cancellationToken)
    {
        foreach (DecompressedBlobs.Blob layer in layers.DistinctBy(layer => layer.Digest))
        {
            using Stream content = await layer.OpenReadAsync(cancellationToken).ConfigureAwait(false);
            await tar.WriteFileAsync(LayerName(layer.Digest), s_mode, content, layer.Length, cancellationToken).ConfigureAwait(false);
        }

        string configName = Digest.FromBytes(config.Bytes.Span).Hex + ".json";
        await tar.WriteFileAsync(configName, s_mode, config.Bytes, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<LegacyLayer> legacy = LegacyLayer.Describe(config, layers.Select(layer => layer.Digest));
        foreach (LegacyLayer layer in legacy)
        {
            await tar.WriteSymbolicLinkAsync(
                $"{layer.Id}/layer.tar", $"../{LayerName(layer.DiffId)}", cancellationToken).ConfigureAwait(false);
            await tar.WriteFileAsync($"{layer.Id}/VERSION", s_mode, "1.0"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            await tar.WriteFileAsync($"{layer.Id}/json", s_mode, layer.Json, cancellationToken).ConfigureAwait(false);
        }

        var item = new JsonObject
        {
            ["Config"] = configName,
            ["RepoTags"] = new JsonArray(repoTags.Select(tag => (JsonNode)tag).ToArray()),
            ["Layers"] = new JsonArray(layers.Select(layer => (JsonNode)LayerName(layer.Digest)).ToArray()),
        };
        await tar.WriteFileAsync(
            "manifest.json", s_mode, ManifestJson.ToBytes(new JsonArray(item)), cancellationToken).ConfigureAwait(false);
        await tar.WriteFileAsync(
            "repositories",
            s_mode,
            Repositories(repoTags, legacy.Count == 0 ? null : legacy[^1].Id),
            cancellationToken).ConfigureAwait(false);
    }

    private static string LayerName(Digest diffId) => diffId.Hex + ".tar";

    /// <summary>Readers rely on the diffIDs in the config, and refuse layers that do not match.</summary>
    private static async Task CheckAsync(
        ImageManifest image, ImageConfig config, DecompressedBlobs.Blob[] layers, string what, CancellationToken cancellationToken)
    {
        if (config.DiffIds?.Count != layers.Length)
        {
            throw new InvalidContentException(
                ErrorIds.InvalidConfig,
                $"{what} names {config.DiffIds?.Count ?? 0} layers in 'rootfs', but the manifest names {layers.Length}.");
        }

        for (int index = 0; index < layers.Length; index++)
        {
            DigestAlgorithm algorithm = DigestAlgorithm.Find(config.DiffIds[index]) ?? DigestAlgorithm.Sha256;
            Digest actual = await layers[index].GetDigestAsync(algorithm, cancellationToken).ConfigureAwait(false);
            if (config.DiffIds[index] != actual.ToString())
            {
                throw new InvalidContentException(
                    ErrorIds.DiffIdMismatch,
                    $"Layer {index} ({image.Layers[index].Digest}) decompresses to {actual}, but {what} says "
                        + $"{config.DiffIds[index]}: the layer was changed or damaged.");
            }
        }
    }

    private static byte[] Repositories(IReadOnlyList<string> repoTags, string? topLayer)
    {
        var repositories = new JsonObject();
        IEnumerable<(string Repository, string Tag)> names = repoTags.Select(Split)
            .OrderBy(name => name.Repository, StringComparer.Ordinal).ThenBy(name => name.Tag, StringComparer.Ordinal);
        foreach ((string repository, string tag) in topLayer is null ? [] : names.ToArray())
        {
            repositories[repository] ??= new JsonObject();
            repositories[repository]![tag] = topLayer;
        }

        return ManifestJson.ToBytes(repositories);
    }

    private static (string Repository, string Tag) Split(string repoTag)
    {
        int colon = repoTag.LastIndexOf(':');
        return (repoTag[..colon], repoTag[(colon + 1)..]);
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(DecompressedBlobs.Blob blob, string what, CancellationToken cancellationToken)
    {
        if (blob.Length > ImageConfig.MaximumSize)
        {
            throw new InvalidContentException(
                ErrorIds.ManifestTooLarge, $"{what} has {blob.Length} bytes; no more than {ImageConfig.MaximumSize} are read.");
        }

        byte[] bytes = new byte[blob.Length];
        using Stream content = await blob.OpenReadAsync(cancellationToken).ConfigureAwait(false);
        await content.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        return bytes;
    }
}
