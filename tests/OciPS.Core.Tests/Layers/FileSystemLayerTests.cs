// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Comparison;
using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Images;
using OciPS.References;
using OciPS.Removal;

namespace OciPS.Core.Tests.Layers;

/// <summary>
/// The layers say what is a file system, whatever the type of the config: an image with such a one, a cache of BuildKit, a chart.
/// </summary>
public sealed class FileSystemLayerTests : IDisposable
{
    private const string HelmConfig = "application/vnd.cncf.helm.config.v1+json";
    private const string HelmLayer = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
    private const string CacheConfig = "application/vnd.buildkit.cacheconfig.v0";

    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;
    private readonly RecordingLog _log = new();

    public FileSystemLayerTests() => _images = new LayoutImages(_folder["in"]);

    public void Dispose() => _folder.Dispose();

    // Docker takes the first four for images' configs: distribution, "schema2" of docker/distribution.
    public static TheoryData<string?> GenericConfigs => ["application/octet-stream", "application/json", "text/html", "", null];

    public static TheoryData<string?, string> AllConfigs
    {
        get
        {
            var cells = new TheoryData<string?, string>();
            foreach (string? config in new[]
            {
                "application/octet-stream", "application/json", "text/html", "", null, HelmConfig, CacheConfig,
                "application/vnd.oci.empty.v1+json", LayoutImages.ConfigType,
            })
            {
                foreach (string layer in new[]
                {
                    LayoutImages.LayerType, LayoutImages.DockerLayerType, HelmLayer, "application/x-tar",
                    "application/vnd.example.tar+zstd", "application/octet-stream", "", "application/gzip",
                })
                {
                    cells.Add(config, layer);
                }
            }

            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(AllConfigs))]
    public async Task List_TarUnderAnyConfig_IsListed(string? config, string layer)
    {
        Add(config, _images.GetLayer(layer, ("etc/a", "A"), ("b", "B")));

        Assert.Equal(["etc/a=A", "b=B"], await ListAsync());
        Assert.Equal(["etc/a=A", "b=B"], await ListAsync(flatten: true));
        Assert.Empty(_log.Warnings);
    }

    [PeerTheory("zstd", "bzip2", "xz")]
    [InlineData("zstd", "-qc")]
    [InlineData("bzip2", "-c")]
    [InlineData("xz", "-c")]
    public async Task List_TarOfAnyCompressionWithoutAType_IsListed(string tool, string option)
    {
        byte[] tar = new TarBuilder().Add("a", Sample.Text(100_000)).ToBytes();
        Add(CacheConfig, _images.Put(Tool.Filter(tar, tool, option), "application/octet-stream"));

        Assert.Equal("a", Assert.Single(await ListAsync()).Split('=')[0]);
    }

    [Fact]
    public async Task List_WhatIsNoTar_IsOneWarningWithAllSuchLayers()
    {
        JsonObject[] odd = [_images.Put("{}"u8.ToArray(), "application/spdx+json"), _images.Put(Sample.Noise(5000), ""), _images.Put(
            [0x1f, 0x8b, 8, .. Sample.Noise(600)], "application/gzip")];
        Add(LayoutImages.ConfigType, odd[0], _images.Layer(("a", "A")), odd[1], odd[2]);

        Assert.Equal(["a=A"], await ListAsync());

        string warning = Assert.Single(_log.Warnings);
        Assert.All(odd, layer => Assert.Contains(LayoutImages.Digest(layer), warning, StringComparison.Ordinal));
        Assert.Contains("'application/spdx+json'", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_ArtifactWithoutContent_SaysNothing()
    {
        Add("application/vnd.oci.empty.v1+json", _images.Put("{}"u8.ToArray(), "application/vnd.oci.empty.v1+json"));

        Assert.Empty(await ListAsync());
        Assert.Empty(_log.Warnings);
    }

    [Fact]
    public async Task List_TarTypeWithoutATar_IsAnError()
    {
        Add(HelmConfig, _images.Put(Sample.Text(3000), HelmLayer));

        var error = await Assert.ThrowsAsync<InvalidContentException>(() => ListAsync());

        Assert.Equal("InvalidTar", error.ErrorId);
    }

    [PeerTheory("python3")]
    [MemberData(nameof(GenericConfigs))]
    public async Task Remove_FromAnImageWhoseConfigHasNoTypeOfItsOwn_IsRewritten(string? config)
    {
        JsonObject layer = _images.Layer(("secret", "SECRET"), ("a", "A"));
        JsonObject image = Add(config, layer);

        RewrittenImage result = await TestImages.RemoveAsync(
            $"oci:{_folder["in"]}:1", $"oci:{_folder["out"]}:1", FileSelection.ByPath(["secret"], [], recurse: false), _log);

        LayoutImages written = LayoutImages.Open(_folder["out"]);
        JsonObject manifest = written.Json(LayoutImages.GetTagDigest(_folder["out"], "1"));
        Assert.True(result.Published.Changed);
        Assert.Equal((string?)_images.Json(LayoutImages.Digest(image))["config"]!["mediaType"], (string?)manifest["config"]!["mediaType"]);
        LayoutPeer.Found found = LayoutPeer.Read(_folder["out"], LayoutImages.GetTagDigest(_folder["out"], "1"), "SECRET");
        Assert.Equal([["a=A"]], Assert.Single(found.Images).Layers);
        Assert.Empty(found.Holding);
        JsonNode diffId = written.Json((string)manifest["config"]!["digest"]!)["rootfs"]!["diff_ids"]![0]!;
        using var gzip = new System.IO.Compression.GZipStream(
            new MemoryStream(written.Blob((string)manifest["layers"]![0]!["digest"]!)), System.IO.Compression.CompressionMode.Decompress);
        using var tar = new MemoryStream();
        gzip.CopyTo(tar);
        Assert.Equal("sha256:" + Sample.Hash(tar.ToArray()), (string)diffId!);
    }

    [PeerFact("python3")]
    public async Task Remove_FromAForeignLayerThatIsHere_MakesItOneThatIsCopied()
    {
        JsonObject foreign = _images.GetLayer(
            "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", ("secret", "SECRET"), ("a", "A"));
        Add(LayoutImages.ConfigType, foreign);

        RewrittenImage result = await TestImages.RemoveAsync($"oci:{_folder["in"]}:1", $"oci:{_folder["out"]}:1", "secret");

        Assert.Equal([["a=A"]], LayoutPeer.Entries(_folder["out"], LayoutImages.GetTagDigest(_folder["out"], "1")));
        Assert.Equal(LayoutImages.LayerType, Assert.Single(result.RewrittenLayers).MediaType);
        await TestImages.CopyAsync($"oci:{_folder["out"]}:1", $"oci:{_folder["copy"]}:1");
        Assert.Equal([["a=A"]], LayoutPeer.Entries(_folder["copy"], LayoutImages.GetTagDigest(_folder["copy"], "1")));
    }

    [Theory]
    [MemberData(nameof(GenericConfigs))]
    public async Task Config_WithoutATypeOfItsOwn_IsReadAndRepaired(string? config)
    {
        Add(config, diffIds: ["sha256:" + new string('0', 64)], _images.Layer(("a", "A")));

        using SelectedImages picked = await TestImages.OpenAsync($"oci:{_folder["in"]}:1");
        Assert.Equal("linux/amd64", (await picked.Images[0].ReadConfigAsync(CancellationToken.None)).Platform.ToString());
        Assert.True(await Repairs.IsNeededAsync($"oci:{_folder["in"]}:1", deep: true));
        await Repairs.RunAsync($"oci:{_folder["in"]}:1", $"oci:{_folder["out"]}:1", deep: true);
        Assert.False(await Repairs.IsNeededAsync($"oci:{_folder["out"]}:1", deep: true));
    }

    [Theory]
    [InlineData(HelmConfig)]
    [InlineData(CacheConfig)]
    [InlineData("application/octet-stream")]
    public async Task Compare_FilesOfArtifacts_AreCompared(string config)
    {
        _images.Tag("1", Artifact(config, "one", _images.GetLayer(HelmLayer, ("a", "A"), ("b", "B"))));
        _images.Tag("2", Artifact(config, "two", _images.GetLayer(HelmLayer, ("a", "A"), ("b", "other"))));
        using SelectedImages before = await TestImages.OpenAsync($"oci:{_folder["in"]}:1");
        using SelectedImages after = await TestImages.OpenAsync($"oci:{_folder["in"]}:2");
        var comparer = new ImageComparer(before.Images[0], after.Images[0], TestSession.Begin(_log));

        Assert.Empty(await comparer.CompareConfigsAsync(CancellationToken.None));
        ImageDifference difference = Assert.Single(await comparer.CompareFilesAsync(_ => true, CancellationToken.None));

        Assert.Equal("b", Assert.IsType<ImageDifference.File>(difference).Name);
        Assert.Contains(config, Assert.Single(_log.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HelmConfig, HelmLayer)]
    [InlineData(null, LayoutImages.LayerType)]
    [InlineData(CacheConfig, "application/octet-stream")]
    public async Task Mount_TarUnderAnyConfig_HasItsFiles(string? config, string layer)
    {
        Add(config, _images.GetLayer(layer, ("etc/a", "A")));

        using BrowsableImage image = await BrowsableImage.OpenAsync(
            ImageReference.Parse($"oci:{_folder["in"]}:1"), [], TestSession.Begin(_log), CancellationToken.None);
        FileTree tree = await image.ReadTreeAsync(TestSession.Begin(_log), CancellationToken.None);
        using Stream content = await image.GetFile(tree.Find("/etc/a", followLast: true)!).OpenAsync(CancellationToken.None);

        Assert.Equal("A", await new StreamReader(content).ReadToEndAsync());
    }

    [PeerTheory("skopeo")]
    [MemberData(nameof(GenericConfigs))]
    public async Task Copy_IntoADockerArchive_TakesConfigsThatDockerTakes(string? config)
    {
        Add(config, _images.Layer(("a", "A")));

        await StoreCopy.RunAsync($"oci:{_folder["in"]}:1", $"docker-archive:{_folder["out.tar"]}:app:1");

        Assert.Equal(
            "linux", (string?)JsonNode.Parse(Tool.Run("skopeo", "inspect", "--config", $"docker-archive:{_folder["out.tar"]}"))!["os"]);
    }

    private JsonObject Add(string? configType, params JsonObject[] layers) => Add(configType, [], layers);

    private JsonObject Add(string? configType, string[] diffIds, params JsonObject[] layers)
    {
        JsonObject image = _images.Image("linux/amd64", layers, change: manifest =>
        {
            JsonObject config = manifest["config"]!.AsObject();
            if (diffIds.Length > 0)
            {
                JsonObject content = _images.Json(LayoutImages.Digest(config));
                content["rootfs"]!["diff_ids"] = new JsonArray(diffIds.Select(diffId => (JsonNode)diffId).ToArray());
                manifest["config"] = config = _images.Put(content, string.Empty);
            }

            if (configType is null)
            {
                config.Remove("mediaType");
            }
            else
            {
                config["mediaType"] = configType;
            }
        });
        _images.Tag("1", image);
        return image;
    }

    private JsonObject Artifact(string configType, string content, params JsonObject[] layers) =>
        _images.Put(
            LayoutImages.Manifest(_images.Put(new JsonObject { ["name"] = content }, configType), layers), LayoutImages.ManifestType);

    private async Task<string[]> ListAsync(bool flatten = false)
    {
        using SelectedImages picked = await TestImages.OpenAsync($"oci:{_folder["in"]}:1");
        var lister = new FileLister(picked.Images[0], TestSession.Begin(_log));
        var names = new List<string>();
        await foreach (ImageFile file in flatten
            ? lister.ListFlattenedAsync(_ => true, CancellationToken.None)
            : lister.ListAsync(CancellationToken.None))
        {
            using Stream content = await file.OpenAsync(CancellationToken.None);
            names.Add($"{file.Entry.Name}={await new StreamReader(content).ReadToEndAsync()}");
        }

        return [.. names];
    }
}
