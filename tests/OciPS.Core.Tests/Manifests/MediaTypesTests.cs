// SPDX-License-Identifier: MIT

using OciPS.Manifests;

namespace OciPS.Core.Tests.Manifests;

public sealed class MediaTypesTests
{
    [Theory]
    [InlineData("application/vnd.oci.image.index.v1+json", "index")]
    [InlineData("application/vnd.docker.distribution.manifest.list.v2+json", "index")]
    [InlineData("application/vnd.oci.image.manifest.v1+json", "manifest")]
    [InlineData("application/vnd.docker.distribution.manifest.v2+json", "manifest")]
    [InlineData("application/vnd.docker.distribution.manifest.v1+json", "schema1")]
    [InlineData("application/vnd.docker.distribution.manifest.v1+prettyjws", "schema1")]
    [InlineData("application/vnd.oci.image.config.v1+json", "config")]
    [InlineData("application/vnd.docker.container.image.v1+json", "config")]
    [InlineData("application/vnd.oci.image.layer.v1.tar", "layer")]
    [InlineData("application/vnd.oci.image.layer.v1.tar+gzip", "layer")]
    [InlineData("application/vnd.oci.image.layer.v1.tar+zstd", "layer")]
    [InlineData("application/vnd.docker.image.rootfs.diff.tar", "layer")]
    [InlineData("application/vnd.docker.image.rootfs.diff.tar.gzip", "layer")]
    [InlineData("application/vnd.docker.image.rootfs.diff.tar.zstd", "layer")]
    [InlineData("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "foreign")]
    [InlineData("application/vnd.oci.image.layer.nondistributable.v1.tar", "foreign")]
    [InlineData("application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", "foreign")]
    [InlineData("application/vnd.in-toto+json", "")]
    [InlineData("application/vnd.oci.image.layer.v1.tar+encrypted", "")]
    [InlineData("APPLICATION/VND.OCI.IMAGE.INDEX.V1+JSON", "")]
    [InlineData("", "")]
    public void Kinds_AnyType_IsOfOneKind(string mediaType, string expected)
    {
        string[] kinds =
        [
            .. MediaTypes.IsIndex(mediaType) ? ["index"] : Array.Empty<string>(),
            .. MediaTypes.IsManifest(mediaType) ? ["manifest"] : Array.Empty<string>(),
            .. MediaTypes.IsSchema1(mediaType) ? ["schema1"] : Array.Empty<string>(),
            .. MediaTypes.IsImageConfig(mediaType) ? ["config"] : Array.Empty<string>(),
            .. MediaTypes.IsImageLayer(mediaType) ? ["layer"] : Array.Empty<string>(),
            .. MediaTypes.IsForeignLayer(mediaType) ? ["foreign"] : Array.Empty<string>(),
        ];

        Assert.Equal(expected, string.Join('+', kinds));
        Assert.Equal(expected is "index" or "manifest" or "schema1", MediaTypes.AllManifests.Contains(mediaType));
    }

    [Fact]
    public void AllManifests_TheirOrder_HasIndexesFirst() =>
        Assert.Equal([true, true, false, false, false, false], MediaTypes.AllManifests.Select(MediaTypes.IsIndex));

    [Theory]
    [InlineData(ManifestFormat.Oci, "None", "application/vnd.oci.image.layer.v1.tar")]
    [InlineData(ManifestFormat.Oci, "Gzip", "application/vnd.oci.image.layer.v1.tar+gzip")]
    [InlineData(ManifestFormat.Oci, "Zstd", "application/vnd.oci.image.layer.v1.tar+zstd")]
    [InlineData(ManifestFormat.Oci, "Bzip2", "application/vnd.oci.image.layer.v1.tar+gzip")]
    [InlineData(ManifestFormat.Oci, "Xz", "application/vnd.oci.image.layer.v1.tar+gzip")]
    [InlineData(ManifestFormat.Docker, "None", "application/vnd.docker.image.rootfs.diff.tar")]
    [InlineData(ManifestFormat.Docker, "Gzip", "application/vnd.docker.image.rootfs.diff.tar.gzip")]
    [InlineData(ManifestFormat.Docker, "Zstd", "application/vnd.docker.image.rootfs.diff.tar.zstd")]
    [InlineData(ManifestFormat.Docker, "Bzip2", "application/vnd.docker.image.rootfs.diff.tar.gzip")]
    [InlineData(ManifestFormat.Docker, "Xz", "application/vnd.docker.image.rootfs.diff.tar.gzip")]
    public void Layer_FormatAndCompression_NamesTheOutput(ManifestFormat format, string compressionName, string expected)
    {
        LayerCompression compression = Enum.Parse<LayerCompression>(compressionName);

        string mediaType = MediaTypes.Layer(format, compression);

        Assert.Equal(expected, mediaType);
        Assert.Equal(LayerSuffix.For(compression).WrittenAs, MediaTypes.GetCompression(mediaType));
        Assert.True(MediaTypes.IsImageLayer(mediaType));
    }

    [Theory]
    [InlineData(ManifestFormat.Oci, MediaTypes.OciManifest, MediaTypes.OciConfig)]
    [InlineData(ManifestFormat.Docker, MediaTypes.DockerManifest, MediaTypes.DockerConfig)]
    public void ManifestAndConfig_Format_AreOfOneFamily(ManifestFormat format, string manifest, string config)
    {
        Assert.Equal(manifest, MediaTypes.Manifest(format));
        Assert.Equal(config, MediaTypes.Config(format));
    }
}
