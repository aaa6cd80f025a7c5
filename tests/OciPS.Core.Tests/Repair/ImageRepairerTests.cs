// SPDX-License-Identifier: MIT

using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using OciPS.Copying;
using OciPS.Core.Tests.Support;

namespace OciPS.Core.Tests.Repair;

/// <summary>Repairs images whose configs are written by hand, so that each byte of the new config is known.</summary>
public sealed partial class ImageRepairerTests : IDisposable
{
    private const string MadeUp =
        """{"created":"1970-01-01T00:00:00Z","created_by":"unknown: the image's history had no entry for this layer","comment":"added by """
            + """OciPS"}""";

    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;
    private readonly JsonObject[] _layers;
    private readonly string[] _diffIds;
    private readonly RecordingLog _log = new();

    public ImageRepairerTests()
    {
        _images = new LayoutImages(_folder["in"]);
        _layers = [_images.Layer(("a", "A")), _images.Layer(("b", "B")), _images.Layer(("c", "C"))];
        _diffIds = _layers.Select(layer => LayoutImages.GetDigest(Unzip(_images.Blob(LayoutImages.Digest(layer))))).ToArray();
    }

    public void Dispose() => _folder.Dispose();

    // The caret is where something is inserted; all else has to stay to the byte.
    [Theory]
    [InlineData(
        "{ \"history\": [ {\"empty_layer\":true}, {\"created_by\" : \"first\", \"n\":1.50} ^] , ROOTFS, "
            + "\"os\":\"linux\",\"architecture\":\"amd64\" }\n",
        ",{\"created_by\" : \"first\", \"n\":1.50},{\"created_by\" : \"first\", \"n\":1.50}")]
    [InlineData("{\"os\":\"linux\",\"architecture\":\"amd64\",\"history\":[{\"a\":1},{\"b\":2}^],ROOTFS}", ",{\"a\":1}")]
    [InlineData("{\"os\":\"linux\",\"architecture\":\"amd64\",ROOTFS^}", ",\"history\":[" + MadeUp + "," + MadeUp + "," + MadeUp + "]")]
    [InlineData("{\"os\":\"linux\",\"architecture\":\"amd64\",\"history\":[^],ROOTFS}", MadeUp + "," + MadeUp + "," + MadeUp)]
    [InlineData("{\"os\":\"linux\",\"architecture\":\"amd64\",\"history\":[{\"empty_layer\":true}^],ROOTFS}", "," + MadeUp + "," + MadeUp
        + "," + MadeUp)]
    public async Task Repair_TooFewHistoryEntries_PadsTheConfigAndKeepsAllElse(string shape, string insertion)
    {
        string config = shape.Replace("ROOTFS", RootFs(_diffIds), StringComparison.Ordinal);
        JsonObject before = Tag(config.Replace("^", "", StringComparison.Ordinal));

        PublishedImage result = await Repairs.RunAsync(In, log: _log);

        Assert.True(result.Changed);
        Assert.Equal(TagIn(), result.Manifest.Digest.ToString());
        Assert.Equal(config.Replace("^", insertion, StringComparison.Ordinal), ConfigText(TagIn()));
        ExpectOnlyTheConfigChanged(before, TagIn());
        Assert.False(await Repairs.IsNeededAsync(In));
    }

    [Fact]
    public async Task Repair_ToAnotherPlace_LeavesTheSource()
    {
        JsonObject before = Tag($$"""{"os":"linux","architecture":"amd64",{{RootFs(_diffIds)}}}""");
        string[] files = Snapshot("in");

        PublishedImage result = await Repairs.RunAsync(In, $"oci:{_folder["out"]}:2");

        Assert.Equal(files, Snapshot("in"));
        Assert.Equal(LayoutImages.GetTagDigest(_folder["out"], "2"), result.Manifest.Digest.ToString());
        Assert.Equal("2", result.Reference.Tag);
        ExpectOnlyTheConfigChanged(before, result.Manifest.Digest.ToString(), "out");
        // The broken config does not come along.
        Assert.Equal(3 + 1 + 1, Directory.GetFiles(_folder["out/blobs/sha256"]).Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Repair_SaneImage_WritesNothing(bool deep)
    {
        string digest = _images.Tag("1", _images.Image("linux/amd64", _layers));
        string[] files = Snapshot("in");

        Assert.False(await Repairs.IsNeededAsync(In, deep, _log));
        Assert.Equal(files, Snapshot("in"));
        Assert.Empty(_log.Warnings);

        PublishedImage copied = await Repairs.RunAsync(In, $"oci:{_folder["out"]}:1", deep);
        Assert.False(copied.Changed);
        Assert.Equal(digest, LayoutImages.GetTagDigest(_folder["out"], "1"));
    }

    [Fact]
    public async Task Repair_MoreHistoryThanLayers_MarksEntriesAsEmptyAndKeepsAllElse()
    {
        JsonObject before = Tag(
            $$"""{"os":"linux","architecture":"amd64","history":[{},{"created_by":"ENV A=1"},{"n":1.50},{}],{{RootFs(_diffIds)}}}""");

        await Repairs.RunAsync(In, log: _log);

        Assert.Equal(
            """{"os":"linux","architecture":"amd64","history":[{},{"created_by":"ENV A=1","empty_layer":true},{"n":1.50},{}]"""
                + $$""",{{RootFs(_diffIds)}}}""", ConfigText(TagIn()));
        ExpectOnlyTheConfigChanged(before, TagIn());
        Assert.False(await Repairs.IsNeededAsync(In));
    }

    [Theory]
    [InlineData("\"rootfs\":{\"type\":\"layers\",\"x\":[1.50],\"diff_ids\":[DIFFIDS]}", "\"rootfs\":{\"type\":\"layers\",\"x\":[1.50]}")]
    [InlineData("\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[DIFFIDS]}", "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":null}")]
    [InlineData("\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[DIFFIDS]}", "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}")]
    [InlineData("\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[DIFFIDS]}", "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[FIRST]}")]
    [InlineData("\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[DIFFIDS]}", "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[REVERSED]}")]
    [InlineData("\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[DIFFIDS]}", "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[DIFFIDS,FIRST]}")]
    [InlineData(
        "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[DIFFIDS]}", "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"a\",\"b\",\"c\"]}")]
    [InlineData("\"rootfs\":{\"diff_ids\":[DIFFIDS],\"type\":\"layers\"}", "\"rootfs\":{\"diff_ids\":[REVERSED]}")]
    [InlineData("\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[DIFFIDS]}", "\"rootfs\":null")]
    [InlineData("\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[DIFFIDS]}", "\"rootfs\":[]")]
    [InlineData("\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[DIFFIDS]}", "\"rootfs\":\"layers\"")]
    [InlineData("\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[DIFFIDS]}", "\"none\":1")]
    public async Task Repair_DiffIdsWrongOrMissingWithDeep_AreThoseOfTheLayers(string right, string wrong)
    {
        const string Rest =
            "\"os\":\"linux\",\"architecture\":\"amd64\",\"x\":{\"é\":[1.50,null]},\"config\":{\"Cmd\":[\"a<b&c\"]},\"history\":[{},{},{}]";
        JsonObject before = Tag($"{{{Fill(wrong)},{Rest}}}");

        PublishedImage result = await Repairs.RunAsync(In, deep: true, log: _log);

        Assert.True(result.Changed);
        JsonNode expected = JsonNode.Parse($"{{{Fill(right)},{Rest}}}")!;
        if (wrong.StartsWith("\"none", StringComparison.Ordinal))
        {
            expected["none"] = 1;
        }

        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(ConfigText(TagIn()))), ConfigText(TagIn()));
        ExpectOnlyTheConfigChanged(before, TagIn());
        Assert.False(await Repairs.IsNeededAsync(In, deep: true));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task IsNeeded_DiffIdsInSha512WithDeep_ChecksThemWithIt(bool areRight)
    {
        string[] diffIds = [.. _layers.Select(layer => Unzip(_images.Blob(LayoutImages.Digest(layer))))
            .Select(tar => "sha512:" + Convert.ToHexStringLower(SHA512.HashData(tar)))];
        Tag($$"""{"os":"linux","architecture":"amd64","history":[{},{},{}],{{RootFs(areRight ? diffIds : diffIds.Reverse())}}}""");

        Assert.Equal(!areRight, await Repairs.IsNeededAsync(In, deep: true, _log));
    }

    [Fact]
    public async Task Repair_DiffIdsMissingWithoutDeep_WarnsAndLeavesThem()
    {
        Tag("""{"os":"linux","architecture":"amd64","history":[{},{},{}]}""");

        Assert.False(await Repairs.IsNeededAsync(In, log: _log));
        Assert.Single(_log.Warnings);
        Assert.Equal([Remedy.ComputeDiffIds], _log.Remedies);
    }

    [Fact]
    public async Task Repair_HistoryAndDiffIdsWithDeep_BothAreRight()
    {
        Tag("""{"os":"linux","architecture":"amd64","history":[{"created_by":"x"}]}""");

        await Repairs.RunAsync(In, deep: true);

        JsonNode expected =
            JsonNode.Parse(
                """{"os":"linux","architecture":"amd64","history":[{"created_by":"x"},{"created_by":"x"},{"created_by":"x"}]"""
                    + $$""",{{RootFs(_diffIds)}}}""")!;
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(ConfigText(TagIn()))), ConfigText(TagIn()));
    }

    [Fact]
    public async Task Repair_LayerThatIsTwiceInTheImage_HasItsDiffIdTwice()
    {
        Tag("""{"os":"linux","architecture":"amd64","history":[{},{},{}]}""", _layers[1], _layers[0], _layers[1]);

        await Repairs.RunAsync(In, deep: true);

        Assert.Equal([_diffIds[1], _diffIds[0], _diffIds[1]], DiffIds(TagIn()));
    }

    [Fact]
    public async Task Repair_ForeignLayerWithDeep_KeepsWhatTheConfigSays()
    {
        JsonObject foreign = _images.GetLayer("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", ("x", "X"));
        foreign["urls"] = new JsonArray("https://foreign.example/layer");
        File.Delete(_images.BlobPath(LayoutImages.Digest(foreign)));
        string stated = "sha256:" + new string('d', 64);
        Tag($$"""{"os":"linux","architecture":"amd64","history":[{},{}],{{RootFs([stated, _diffIds[1]])}}}""", foreign, _layers[0]);

        await Repairs.RunAsync(In, deep: true);

        Assert.Equal([stated, _diffIds[0]], DiffIds(TagIn()));
    }

    [Fact]
    public async Task Repair_ForeignLayerWithoutADiffIdWithDeep_IsInvalidConfig()
    {
        JsonObject foreign = _images.GetLayer("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", ("x", "X"));
        File.Delete(_images.BlobPath(LayoutImages.Digest(foreign)));
        Tag("""{"os":"linux","architecture":"amd64","history":[{},{}]}""", foreign, _layers[0]);
        string[] files = Snapshot("in");

        var error = await Assert.ThrowsAsync<InvalidContentException>(() => Repairs.RunAsync(In, deep: true));

        Assert.Equal("InvalidConfig", error.ErrorId);
        Assert.Contains("layer 0", error.Message, StringComparison.Ordinal);
        Assert.Equal(files, Snapshot("in"));
    }

    [Fact]
    public async Task Repair_LayerIsDamagedWithDeep_ChangesNothing()
    {
        Tag("""{"os":"linux","architecture":"amd64","history":[{},{},{}]}""");
        string path = _images.BlobPath(LayoutImages.Digest(_layers[1]));
        File.WriteAllBytes(path, Sample.Flip(File.ReadAllBytes(path), 300));
        string[] files = Snapshot("in");

        var error = await Assert.ThrowsAsync<InvalidContentException>(() => Repairs.RunAsync(In, deep: true));

        Assert.Equal("DigestMismatch", error.ErrorId);
        Assert.Equal(files, Snapshot("in"));
    }

    private string In => $"oci:{_folder["in"]}:1";

    private static byte[] Unzip(byte[] gzip)
    {
        using var tar = new MemoryStream();
        using var stream = new System.IO.Compression.GZipStream(new MemoryStream(gzip), System.IO.Compression.CompressionMode.Decompress);
        stream.CopyTo(tar);
        return tar.ToArray();
    }

    private static string RootFs(IEnumerable<string> diffIds) => $$"""
        "rootfs":{"type":"layers","diff_ids":[{{Quoted(diffIds)}}]}
        """;

    private static string Quoted(IEnumerable<string> texts) => string.Join(',', texts.Select(text => $"\"{text}\""));

    private string Fill(string shape) => shape
        .Replace("DIFFIDS", Quoted(_diffIds), StringComparison.Ordinal)
        .Replace("FIRST", Quoted(_diffIds[..1]), StringComparison.Ordinal)
        .Replace("REVERSED", Quoted(_diffIds.Reverse()), StringComparison.Ordinal);

    private JsonObject Image(string config, params JsonObject[] layers)
    {
        JsonObject manifest = LayoutImages.Manifest(_images.Put(Encoding.UTF8.GetBytes(config), LayoutImages.ConfigType), layers);
        manifest["annotations"] = new JsonObject { ["org.example"] = "kept" };
        manifest["x-unknown"] = new JsonArray(1);
        return _images.Put(manifest, LayoutImages.ManifestType);
    }

    /// <summary>Tags an image with this config; gives its manifest.</summary>
    private JsonObject Tag(string config, params JsonObject[] layers) =>
        _images.Json(_images.Tag("1", Image(config, layers.Length == 0 ? _layers : layers)));

    private string TagIn() => LayoutImages.GetTagDigest(_folder["in"], "1");

    private string ConfigText(string manifest) =>
        Encoding.UTF8.GetString(_images.Blob((string)_images.Json(manifest)["config"]!["digest"]!));

    private string[] DiffIds(string manifest) =>
        JsonNode.Parse(ConfigText(manifest))!["rootfs"]!["diff_ids"]!.AsArray().Select(diffId => (string)diffId!).ToArray();

    private void ExpectOnlyTheConfigChanged(JsonObject before, string digest, string layout = "in")
    {
        var images = LayoutImages.Open(_folder[layout]);
        JsonObject after = images.Json(digest);
        string config = (string)after["config"]!["digest"]!;
        JsonNode expected = before.DeepClone();
        Assert.NotEqual((string)before["config"]!["digest"]!, config);
        expected["config"]!["digest"] = config;
        expected["config"]!["size"] = images.Blob(config).Length;
        Assert.True(JsonNode.DeepEquals(expected, after), after.ToJsonString());
    }

    private string[] Snapshot(string name) => Directory.GetFiles(_folder[name], "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(_folder[name], path) + " " + Sample.Hash(File.ReadAllBytes(path)))
        .Order(StringComparer.Ordinal).ToArray();
}
