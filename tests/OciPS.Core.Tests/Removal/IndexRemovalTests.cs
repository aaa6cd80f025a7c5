// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Copying;
using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Images;
using OciPS.Removal;

namespace OciPS.Core.Tests.Removal;

/// <summary>Removes files from indexes in a layout; Python reads the results and checks every digest on the way.</summary>
public sealed partial class IndexRemovalTests : IDisposable
{
    private static readonly string[] s_platforms = ["linux/amd64", "linux/arm64/v8", "linux/arm/v7", "windows/amd64:10.0.20348.1"];

    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;
    private readonly RecordingLog _log = new();

    public IndexRemovalTests() => _images = new LayoutImages(_folder["in"]);

    public void Dispose() => _folder.Dispose();

    [PeerFact("python3")]
    public async Task Remove_FileInTheSharedLayer_GoesFromEveryImage()
    {
        _images.Tag("1", _images.FourPlatforms());

        RewrittenImage result = await RemoveAsync("etc/secret.key");

        LayoutPeer.Found found = LayoutPeer.Read(_folder["out"], TagOut(), "SECRET");
        Assert.Empty(found.Holding);
        Assert.Equal(4, found.Images.Length);
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(
                [["etc/os-release=NAME=example"], [$"bin/app={s_platforms[i]}", $"bin/helper=for {s_platforms[i]}"]],
                found.Images[i].Layers);
        }

        Assert.Single(found.Images.Select(image => image.LayerDigests[0]).Distinct());
        Assert.True(result.Published.Changed);
        Assert.Equal(TagOut(), result.Published.Manifest.Digest.ToString());
    }

    [PeerFact("python3")]
    public async Task Remove_FromEveryImage_EntriesKeepOrderAnnotationsPlatformAndWhatIsNotKnown()
    {
        JsonObject index = _images.FourPlatforms();
        JsonObject json = _images.Json(LayoutImages.Digest(index));
        json["x-unknown"] = new JsonObject { ["a"] = 1 };
        json["annotations"] = new JsonObject { ["org.example.index"] = "kept" };
        JsonArray entries = json["manifests"]!.AsArray();
        entries[1]!["annotations"] =
            new JsonObject { ["org.example"] = "kept", ["containerd.io/snapshot/stargz/toc.digest"] = "of the old bytes" };
        entries[2]!["data"] = "b2xk";
        entries[3]!["x-entry"] = true;
        entries[3]!["platform"]!["os.features"] = new JsonArray("win32k");
        _images.Tag("1", _images.Put(json, LayoutImages.IndexType));

        await RemoveAsync("etc/secret.key");

        JsonObject after = Out().Json(TagOut());
        JsonNode expected = json.DeepClone();
        expected["manifests"]!.AsArray().RemoveAt(5);
        expected["manifests"]!.AsArray().RemoveAt(4);
        expected["manifests"]![1]!["annotations"]!.AsObject().Remove("containerd.io/snapshot/stargz/toc.digest");
        expected["manifests"]![2]!.AsObject().Remove("data");
        for (int i = 0; i < 4; i++)
        {
            string digest = (string)after["manifests"]![i]!["digest"]!;
            Assert.NotEqual((string)expected["manifests"]![i]!["digest"]!, digest);
            expected["manifests"]![i]!["digest"] = digest;
            expected["manifests"]![i]!["size"] = Out().Blob(digest).Length;
        }

        Assert.True(JsonNode.DeepEquals(expected, after), after.ToJsonString());
        Assert.Equal(json.Select(field => field.Key), after.Select(field => field.Key));
    }

    [PeerFact("python3")]
    public async Task Remove_FromEveryImage_TellsWhatBecameOfEach()
    {
        _images.Tag("1", _images.FourPlatforms());

        RewrittenImage result = await RemoveAsync("etc/secret.key");

        LayoutPeer.Image[] before = LayoutPeer.Read(_folder["in"], TagIn()).Images;
        LayoutPeer.Image[] after = LayoutPeer.Read(_folder["out"], TagOut()).Images;
        Assert.Equal(
            ["linux/amd64", "linux/arm64", "linux/arm/v7", "windows/amd64:10.0.20348.1"],
            result.Images.Select(image => image.Platform!.ToString()));
        for (int i = 0; i < 4; i++)
        {
            RewrittenImage image = result.Images[i];
            Assert.True(image.Published.Changed);
            Assert.Equal(before[i].Digest, image.Source.Digest.ToString());
            Assert.Equal(after[i].Digest, image.Published.Manifest.Digest.ToString());
            Assert.Equal(after[i].Digest, image.Published.Reference.Digest.ToString());
            Assert.Equal(after[i].LayerDigests[0], Assert.Single(image.RewrittenLayers).Digest.ToString());
            Assert.Equal(before[i].LayerDigests[1], Assert.Single(image.KeptLayers).Digest.ToString());
            Assert.Equal("etc/secret.key", Assert.Single(image.RemovedFiles).Entry.Name);
        }

        Assert.Single(result.RewrittenLayers);
        Assert.Equal(4, result.KeptLayers.Count);
        Assert.Empty(result.UnreadLayers);
        Assert.Empty(result.PromotedFiles);
    }

    [Fact]
    public async Task Remove_FromDescribedImages_DropsTheirAttestationsWithAWarning()
    {
        _images.Tag("1", _images.FourPlatforms());

        await RemoveAsync("etc/secret.key");

        Assert.Equal(4, Entries(Out(), TagOut()).Length);
        Assert.Equal(2, _log.Warnings.Count(warning => warning.Contains("attestation", StringComparison.Ordinal)));
        Assert.Equal([Remedy.KeepAttestation, Remedy.KeepAttestation], _log.Remedies);
        string[] statements = Entries(_images, TagIn())[4..].SelectMany(entry => GetBlobs(_images, entry)).ToArray();
        Assert.DoesNotContain(statements, digest => File.Exists(Out().BlobPath(digest)));
    }

    [Fact]
    public async Task Remove_KeepingAttestations_TheyNameTheNewImages()
    {
        _images.Tag("1", _images.FourPlatforms());

        await RemoveAsync("etc/secret.key", new WriteOptions { Attestations = AttestationRule.Follow });

        JsonObject[] before = Entries(_images, TagIn());
        JsonObject[] after = Entries(Out(), TagOut());
        Assert.Equal(6, after.Length);
        for (int i = 4; i < 6; i++)
        {
            JsonNode expected = before[i].DeepClone();
            expected["annotations"]!["vnd.docker.reference.digest"] = (string)after[i - 4]["digest"]!;
            Assert.True(JsonNode.DeepEquals(expected, after[i]), after[i].ToJsonString());
            Assert.Equal(_images.Blob(LayoutImages.Digest(before[i])), Out().Blob(LayoutImages.Digest(after[i])));
            Assert.All(GetBlobs(_images, before[i]), digest => Assert.Equal(_images.Blob(digest), Out().Blob(digest)));
        }

        Assert.Equal(2, _log.Warnings.Count(warning => warning.Contains("attestation", StringComparison.Ordinal)));
    }

    [PeerFact("python3")]
    public async Task Remove_FromOneImage_LeavesTheOthersAndTheirAttestations()
    {
        JsonObject shared = _images.Layer(("etc/os-release", "NAME=example"));
        JsonObject first = _images.Image("linux/amd64", [shared, _images.Layer(("bin/app", "A"), ("bin/only-here", "X"))]);
        JsonObject second = _images.Image("linux/arm64", [shared, _images.Layer(("bin/app", "B"))]);
        JsonObject attestation = _images.Attestation(second);
        JsonObject index = _images.Index(_images.Attestation(first), first, second, attestation);
        _images.Tag("1", index);

        RewrittenImage result = await RemoveAsync("bin/only-here");

        JsonObject[] after = Entries(Out(), TagOut());
        Assert.Equal(3, after.Length);
        Assert.True(JsonNode.DeepEquals(second, after[1]));
        Assert.True(JsonNode.DeepEquals(attestation, after[2]));
        Assert.Equal(["bin/app=A"], LayoutPeer.Read(_folder["out"], TagOut()).Images[0].Layers[1]!);
        Assert.Equal([true, false], result.Images.Select(image => image.Published.Changed));
        Assert.Single(_log.Warnings);
        Assert.Equal([LayoutImages.Digest(shared), GetLayer(second)], result.KeptLayers.Select(layer => layer.Digest.ToString()));
    }

    [PeerFact("python3")]
    public async Task Remove_SomePlatforms_TheResultListsThoseAlone()
    {
        _images.Tag("1", _images.FourPlatforms());

        RewrittenImage result = await RemoveAsync("etc/secret.key", platforms: TestImages.Select("linux/arm64/v8", "linux/arm/v7"));

        LayoutPeer.Found found = LayoutPeer.Read(_folder["out"], TagOut(), "SECRET");
        Assert.Equal(["linux/arm64/v8", "linux/arm/v7"], found.Images.Select(image => image.Platform));
        Assert.Empty(found.Holding);
        Assert.Equal(2, result.Images.Count);
        Assert.Equal(2, Entries(Out(), TagOut()).Length);
        Assert.DoesNotContain(
            Entries(_images, TagIn())[0]["digest"]!.ToString(),
            Directory.GetFiles(_folder["out/blobs/sha256"]).Select(path => "sha256:" + Path.GetFileName(path)));
    }

    [Fact]
    public async Task Remove_NothingMatches_IsTheSourcesIndex()
    {
        string digest = _images.Tag("1", _images.FourPlatforms());

        RewrittenImage result = await RemoveAsync("no/such/file");

        Assert.Equal(digest, TagOut());
        Assert.Equal(_images.Blob(digest), Out().Blob(digest));
        Assert.False(result.Published.Changed);
        Assert.Empty(result.RewrittenLayers);
        Assert.Empty(result.RemovedFiles);
        Assert.Equal(5, result.KeptLayers.Count);
        Assert.All(result.Images, image => Assert.False(image.Published.Changed));
        Assert.Empty(_log.Warnings);
        Assert.Equal(Blobs(_images), Blobs(Out()));
    }

    [Theory]
    [InlineData("yes", true)]
    [InlineData("no", false)]
    public async Task Remove_NothingMatchesWithAnnotations_EqualOnesChangeNothing(string value, bool isSame)
    {
        JsonObject layer = _images.Layer(("a", "A"));
        JsonObject image = _images.Image("linux/amd64", [layer], change: Annotate);
        JsonObject index = _images.Json(LayoutImages.Digest(_images.Index(image)));
        Annotate(index);
        string digest = _images.Tag("1", _images.Put(index, LayoutImages.IndexType));

        RewrittenImage result = await RemoveAsync(
            "none", new WriteOptions { Annotations = new Dictionary<string, string> { ["org.example"] = value } });

        JsonObject after = Out().Json(TagOut());
        JsonObject manifest = Out().Json((string)after["manifests"]![0]!["digest"]!);
        Assert.Equal(isSame, digest == TagOut());
        Assert.Equal(!isSame, result.Published.Changed);
        Assert.Equal($$"""{"org.example":"{{value}}","other":"x"}""", after["annotations"]!.ToJsonString());
        Assert.Equal($$"""{"org.example":"{{value}}","other":"x"}""", manifest["annotations"]!.ToJsonString());

        static void Annotate(JsonObject json) => json["annotations"] = new JsonObject { ["org.example"] = "yes", ["other"] = "x" };
    }

    private Task<RewrittenImage> RemoveAsync(string path, WriteOptions? options = null, PlatformSelection? platforms = null) =>
        TestImages.RemoveAsync(
        $"oci:{_folder["in"]}:1", $"oci:{_folder["out"]}:1", FileSelection.ByPath([path], [], recurse: false), _log, options, platforms);

    private string TagIn() => LayoutImages.GetTagDigest(_folder["in"], "1");

    private string TagOut() => LayoutImages.GetTagDigest(_folder["out"], "1");

    private LayoutImages Out() => LayoutImages.Open(_folder["out"]);

    private static JsonObject Index(string folder) => JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder, "index.json")))!.AsObject();

    private static JsonObject[] Entries(LayoutImages images, string digest) =>
        images.Json(digest)["manifests"]!.AsArray().Select(entry => entry!.AsObject()).ToArray();

    private string GetLayer(JsonObject image) => (string)_images.Json(LayoutImages.Digest(image))["layers"]![1]!["digest"]!;

    private static IEnumerable<string> GetBlobs(LayoutImages images, JsonObject entry)
    {
        JsonObject manifest = images.Json(LayoutImages.Digest(entry));
        return manifest["layers"]!.AsArray().Append(manifest["config"]).Select(blob => (string)blob!["digest"]!);
    }

    private static string?[] Blobs(LayoutImages images) =>
        Directory.GetFiles(Path.Combine(images.Folder, "blobs", "sha256")).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToArray();
}
