// SPDX-License-Identifier: MIT

using System.Collections.Frozen;

namespace OciPS.Manifests;

/// <summary>The media types of images and their meaning.</summary>
/// <remarks>Image specification, "OCI Image Media Types"; distribution's "Image Manifest Version 2, Schema 2".</remarks>
internal static class MediaTypes
{
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    public const string OciConfig = "application/vnd.oci.image.config.v1+json";
    public const string OciEmpty = "application/vnd.oci.empty.v1+json";
    public const string OciLayer = "application/vnd.oci.image.layer.v1.tar";
    public const string OciLayerGzip = OciLayer + "+gzip";
    public const string OciLayerZstd = OciLayer + "+zstd";

    public const string DockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    public const string DockerSchema1 = "application/vnd.docker.distribution.manifest.v1+json";
    public const string DockerSchema1Signed = "application/vnd.docker.distribution.manifest.v1+prettyjws";
    public const string DockerConfig = "application/vnd.docker.container.image.v1+json";
    public const string DockerLayer = "application/vnd.docker.image.rootfs.diff.tar";
    public const string DockerLayerGzip = DockerLayer + ".gzip";
    public const string DockerLayerZstd = DockerLayer + ".zstd";

    private const string OciForeignLayer = "application/vnd.oci.image.layer.nondistributable.v1.tar";
    private const string DockerForeignLayer = "application/vnd.docker.image.rootfs.foreign.diff.tar";

    private static readonly string[] s_tarEndings =
        [.. LayerSuffix.Written.SelectMany(suffix => new[] { "tar" + suffix.Oci, "tar" + suffix.Docker }).Distinct()];

    private static readonly FrozenSet<string> s_layers = LayerSuffix.Written
        .SelectMany(suffix => new[] { OciLayer + suffix.Oci, DockerLayer + suffix.Docker })
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The <c>Accept</c> types for any manifest: indexes first.</summary>
    public static IReadOnlyList<string> AllManifests { get; } =
        [OciIndex, DockerList, OciManifest, DockerManifest, DockerSchema1Signed, DockerSchema1];

    /// <summary>The <c>Accept</c> types for a single image.</summary>
    public static IReadOnlyList<string> SingleManifests { get; } = [OciManifest, DockerManifest];

    /// <summary>The equivalent media types of the two families.</summary>
    private static readonly (string Oci, string Docker)[] s_pairs =
    [
        (OciIndex, DockerList), (OciManifest, DockerManifest), (OciConfig, DockerConfig),
        .. LayerSuffix.Written.Select(suffix => (OciLayer + suffix.Oci, DockerLayer + suffix.Docker)),
        .. LayerSuffix.Written.Select(suffix => (OciForeignLayer + suffix.Oci, DockerForeignLayer + suffix.Docker)),
    ];

    public static bool IsIndex(string mediaType) => mediaType is OciIndex or DockerList;

    public static bool IsManifest(string mediaType) => mediaType is OciManifest or DockerManifest;

    public static bool IsSchema1(string mediaType) => mediaType is DockerSchema1 or DockerSchema1Signed;

    /// <summary>Whether a descriptor with this media type may point to a manifest or an index; one without a media type may.</summary>
    public static bool MayBeManifest(string mediaType) =>
        mediaType.Length == 0 || IsIndex(mediaType) || IsManifest(mediaType) || IsSchema1(mediaType);

    public static bool IsImageConfig(string mediaType) => mediaType is OciConfig or DockerConfig;

    /// <summary>Whether Docker accepts a config of this media type as an image's: registries used to send such types.</summary>
    public static bool IsGenericConfig(string mediaType) =>
        mediaType is "" or "application/octet-stream" or "application/json" or "text/html";

    /// <summary>Whether every tool unpacks a layer of this media type.</summary>
    public static bool IsImageLayer(string mediaType) => s_layers.Contains(mediaType);

    /// <summary>Whether a layer of this media type is a tar, of an image or of another artifact.</summary>
    public static bool IsTar(string mediaType) =>
        Array.Exists(s_tarEndings, ending => mediaType.EndsWith(ending, StringComparison.Ordinal));

    /// <summary>Whether a layer of this type need not be in the registry.</summary>
    public static bool IsForeignLayer(string mediaType) =>
        mediaType.StartsWith(OciForeignLayer, StringComparison.Ordinal)
            || mediaType.StartsWith(DockerForeignLayer, StringComparison.Ordinal);

    /// <summary>The distributable media type in place of a foreign layer's.</summary>
    public static string Distributable(string mediaType) =>
        mediaType.StartsWith(OciForeignLayer, StringComparison.Ordinal) ? OciLayer + mediaType[OciForeignLayer.Length..]
        : mediaType.StartsWith(DockerForeignLayer, StringComparison.Ordinal) ? DockerLayer + mediaType[DockerForeignLayer.Length..]
        : mediaType;

    /// <summary>The media type of a layer in this format, written from a layer with this compression.</summary>
    public static string Layer(ManifestFormat format, LayerCompression compression)
    {
        var suffix = LayerSuffix.For(compression);
        return format == ManifestFormat.Docker ? DockerLayer + suffix.Docker : OciLayer + suffix.Oci;
    }

    /// <summary>The compression that a layer's media type names.</summary>
    public static LayerCompression GetCompression(string mediaType) =>
        LayerSuffix.Written.FirstOrDefault(
            suffix => suffix.Word.Length > 0 && mediaType.EndsWith(suffix.Word, StringComparison.Ordinal))?.Compression
        ?? LayerCompression.None;

    /// <summary>The media type in another family; unchanged if that family has no equivalent.</summary>
    public static string Convert(string mediaType, ManifestFormat format)
    {
        (string Oci, string Docker) pair = Array.Find(s_pairs, pair => pair.Oci == mediaType || pair.Docker == mediaType);
        return pair.Oci is null ? mediaType : format == ManifestFormat.Docker ? pair.Docker : pair.Oci;
    }

    /// <summary>The family of a manifest's or an index's media type.</summary>
    public static ManifestFormat GetFormat(string mediaType) =>
        mediaType.StartsWith("application/vnd.docker.", StringComparison.Ordinal) ? ManifestFormat.Docker : ManifestFormat.Oci;

    /// <summary>Whether a layer is encrypted (OCI's <c>ocicrypt</c>).</summary>
    public static bool IsEncryptedLayer(string mediaType) => mediaType.EndsWith("+encrypted", StringComparison.Ordinal);

    public static string Index(ManifestFormat format) => format == ManifestFormat.Docker ? DockerList : OciIndex;

    public static string Manifest(ManifestFormat format) => format == ManifestFormat.Docker ? DockerManifest : OciManifest;

    public static string Config(ManifestFormat format) => format == ManifestFormat.Docker ? DockerConfig : OciConfig;
}
