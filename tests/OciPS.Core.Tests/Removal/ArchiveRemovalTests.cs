// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Copying;
using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Manifests;
using OciPS.Removal;

namespace OciPS.Core.Tests.Removal;

/// <summary>Removes files from tarballs, which have no manifest of their own: the result is as its place wants it.</summary>
public sealed class ArchiveRemovalTests(DockerRegistry registry) : IClassFixture<DockerRegistry>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PeerTheory("skopeo", "python3")]
    [InlineData("secret", "[[a=A], [b=B, c=C]]")]
    [InlineData("none", "[[secret=SECRET, a=A], [b=B, c=C]]")]
    public async Task Remove_IntoALayout_WritesOciTypes(string path, string expected)
    {
        string archive = WriteArchive();

        RewrittenImage result = await TestImages.RemoveAsync(archive, $"oci:{_folder["out"]}:1", path);

        string digest = LayoutImages.GetTagDigest(_folder["out"], "1");
        JsonObject manifest = LayoutImages.Open(_folder["out"]).Json(digest);
        Assert.Equal(LayoutImages.ManifestType, (string?)manifest["mediaType"]);
        Assert.Equal(LayoutImages.ConfigType, (string?)manifest["config"]!["mediaType"]);
        Assert.All(
            manifest["layers"]!.AsArray(),
            layer => Assert.StartsWith("application/vnd.oci.image.layer.v1.tar", (string?)layer!["mediaType"], StringComparison.Ordinal));
        Assert.Equal(expected, Text(LayoutPeer.Entries(_folder["out"], digest)));
        Assert.True(result.Published.Changed);
        Assert.Equal(path == "secret" ? 1 : 0, result.RewrittenLayers.Count);
    }

    [PeerTheory("skopeo", "python3", "docker-registry")]
    [InlineData("secret", "[[a=A], [b=B, c=C]]")]
    [InlineData("none", "[[secret=SECRET, a=A], [b=B, c=C]]")]
    public async Task Remove_IntoARegistry_WritesDockerTypesThatSkopeoTakes(string path, string expected)
    {
        string archive = WriteArchive();

        RewrittenImage result = await TestImages.RemoveAsync(archive, $"{registry.Host}/team/{path}:1", path);

        byte[] raw = Tool.Run("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{registry.Host}/team/{path}:1");
        Assert.Equal("sha256:" + Sample.Hash(raw), result.Published.Manifest.Digest.ToString());
        Assert.Equal(LayoutImages.DockerManifestType, (string?)JsonNode.Parse(raw)!["mediaType"]);
        Assert.Equal(LayoutImages.DockerConfigType, (string?)JsonNode.Parse(raw)!["config"]!["mediaType"]);
        Tool.Run("skopeo", "copy", "--src-tls-verify=false", $"docker://{registry.Host}/team/{path}:1", $"oci:{_folder["pulled"]}:1");
        Assert.Equal(expected, Text(LayoutPeer.Entries(_folder["pulled"], LayoutImages.GetTagDigest(_folder["pulled"], "1"))));
    }

    [PeerFact("skopeo", "python3")]
    public async Task Remove_InOtherFormat_IsWrittenSo()
    {
        string archive = WriteArchive();

        await TestImages.RemoveAsync(
            archive,
            $"oci:{_folder["out"]}:1",
            FileSelection.ByPath(["secret"], [], recurse: false),
            options: new WriteOptions { Format = ManifestFormat.Docker });

        string digest = LayoutImages.GetTagDigest(_folder["out"], "1");
        Assert.Equal(LayoutImages.DockerManifestType, (string?)LayoutImages.Open(_folder["out"]).Json(digest)["mediaType"]);
        Assert.Equal("[[a=A], [b=B, c=C]]", Text(LayoutPeer.Entries(_folder["out"], digest)));
    }

    [PeerFact("skopeo", "python3")]
    public async Task Remove_AsAnIndex_ListsTheImageWithItsPlatform()
    {
        string archive = WriteArchive();

        await TestImages.RemoveAsync(
            archive,
            $"oci:{_folder["out"]}:1",
            FileSelection.ByPath(["secret"], [], recurse: false),
            options: new WriteOptions { Mode = ManifestMode.NormaliseToMultiArch });

        string digest = LayoutImages.GetTagDigest(_folder["out"], "1");
        JsonObject index = LayoutImages.Open(_folder["out"]).Json(digest);
        JsonNode entry = Assert.Single(index["manifests"]!.AsArray())!;
        Assert.Equal(LayoutImages.IndexType, (string?)index["mediaType"]);
        Assert.Equal("""{"architecture":"arm64","os":"linux","variant":"v8"}""", entry["platform"]!.ToJsonString());
        Assert.Equal("[[a=A], [b=B, c=C]]", Text(LayoutPeer.Entries(_folder["out"], digest)));
    }

    /// <summary>A tarball as skopeo writes it for <c>docker load</c>.</summary>
    private string WriteArchive()
    {
        var images = new LayoutImages(_folder["in"]);
        images.Tag(
            "1", images.Image("linux/arm64/v8", [images.Layer(("secret", "SECRET"), ("a", "A")), images.Layer(("b", "B"), ("c", "C"))]));
        Tool.Run("skopeo", "copy", $"oci:{_folder["in"]}:1", $"docker-archive:{_folder["image.tar"]}:example/app:1");
        return $"docker-archive:{_folder["image.tar"]}";
    }

    private static string Text(string[][] layers) => $"[{string.Join(", ", layers.Select(layer => $"[{string.Join(", ", layer)}]"))}]";
}
