// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Copying;
using OciPS.Core.Tests.Support;
using OciPS.Images;

namespace OciPS.Core.Tests.Copying;

/// <summary>Copies of some of an index's platforms.</summary>
public sealed class CopyPlatformTests : IDisposable
{
    // The entries of LayoutImages.FourPlatforms: four images, then attestations of the first two.
    private const int Amd64 = 0;
    private const int Arm64 = 1;
    private const int Arm = 2;
    private const int Windows = 3;
    private const int OfAmd64 = 4;
    private const int OfArm64 = 5;

    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;
    private readonly RecordingLog _log = new();

    public CopyPlatformTests() => _images = new LayoutImages(_folder["in"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("linux/amd64", Amd64, OfAmd64)]
    [InlineData("Linux/X86_64", Amd64, OfAmd64)]
    [InlineData("linux/aarch64", Arm64, OfArm64)]
    [InlineData("arm64", Arm64, OfArm64)]
    [InlineData("linux/arm64/v8", Arm64, OfArm64)]
    [InlineData("linux/arm64", Arm64, OfArm64)]
    [InlineData("linux/arm/v7", Arm)]
    [InlineData("linux/arm", Arm)]
    [InlineData("linux/arm64/*", Arm64, OfArm64)]
    [InlineData("linux/*", Amd64, Arm64, Arm, OfAmd64, OfArm64)]
    [InlineData("*/amd64", Amd64, Windows, OfAmd64)]
    [InlineData("windows/amd64", Windows)]
    [InlineData("windows/amd64:10.0.20348.1", Windows)]
    [InlineData("windows/*:*", Windows)]
    [InlineData("*/*", Amd64, Arm64, Arm, Windows, OfAmd64, OfArm64)]
    [InlineData("windows/amd64:10.0.20348.1,linux/amd64", Amd64, Windows, OfAmd64)]
    public async Task Copy_Platform_ListsThoseImagesAndTheirAttestationsOnly(string platforms, params int[] expected)
    {
        string digest = _images.Tag("1", _images.FourPlatforms());
        JsonArray before = _images.Json(digest)["manifests"]!.AsArray();

        PublishedImage copy = await CopyAsync(TestImages.Select(platforms.Split(',')));

        Assert.Equal(expected.Select(entry => before[entry]!.ToJsonString()), Entries().Select(entry => entry!.ToJsonString()));
        Assert.Equal(expected.Length < 6, copy.Changed);
        Assert.Equal(expected.Length < 6, digest != copy.Manifest.Digest.ToString());
        Assert.Empty(_log.Warnings);
        // Nothing of the others is there.
        Assert.Equal(
            ImageParts.FromLayout(_folder["out"], copy.Manifest.Digest.ToString()).Digests.Count,
            Directory.GetFiles(_folder["out/blobs/sha256"]).Length);
    }

    [Fact]
    public async Task Copy_SeveralPlatformsOneWithoutAMatch_WarnsAndCopiesTheOthers()
    {
        _images.Tag("1", _images.FourPlatforms());

        await CopyAsync(TestImages.Select("linux/s390x", "linux/arm/v7"));

        Assert.Single(Entries());
        Assert.Contains("linux/s390x", Assert.Single(_log.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linux/s390x")]
    [InlineData("linux/arm/v6")]
    [InlineData("freebsd/*")]
    [InlineData("windows/amd64:10.0.17763.1")]
    public async Task Copy_NoPlatformFits_ListsThoseThereAreAndWritesNothing(string platform)
    {
        _images.Tag("1", _images.FourPlatforms());

        var error = await Assert.ThrowsAsync<ContentNotFoundException>(() => CopyAsync(TestImages.Select(platform)));

        Assert.Equal("PlatformNotFound", error.ErrorId);
        Assert.Contains(platform, error.Message, StringComparison.Ordinal);
        Assert.EndsWith("linux/amd64, linux/arm64/v8, linux/arm/v7, windows/amd64:10.0.20348.1.", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public async Task Copy_Filter_IsAskedForEachImageOnceWithItsConfigsPlatform()
    {
        string digest = _images.Tag("1", _images.FourPlatforms());
        var asked = new List<(string Digest, string Platform)>();
        var selection = new PlatformSelection([], (reference, platform, _) =>
        {
            asked.Add((reference.Digest!.Value.ToString(), platform.ToString()));
            return ValueTask.FromResult(platform.Variant == "v8");
        });

        await CopyAsync(selection);

        JsonArray before = _images.Json(digest)["manifests"]!.AsArray();
        Assert.Equal(before.Take(4).Select(entry => (string)entry!["digest"]!), asked.Select(image => image.Digest));
        Assert.Equal(["linux/amd64", "linux/arm64/v8", "linux/arm/v7"], asked.Take(3).Select(image => image.Platform));
        Assert.Equal(
            [(string)before[Arm64]!["digest"]!, (string)before[OfArm64]!["digest"]!], Entries().Select(entry => (string)entry!["digest"]!));
    }

    [Fact]
    public async Task Copy_PatternAndFilter_BothHaveToFit()
    {
        _images.Tag("1", _images.FourPlatforms());

        await CopyAsync(TestImages.Select("*/amd64") with { Filter = (_, platform, _) => ValueTask.FromResult(platform.OS == "windows") });

        Assert.Equal("windows", (string)Assert.Single(Entries())!["platform"]!["os"]!);
    }

    [Fact]
    public async Task Copy_FilterLetsNothingThrough_IsPlatformNotFound()
    {
        _images.Tag("1", _images.FourPlatforms());

        var error = await Assert.ThrowsAsync<ContentNotFoundException>(
            () => CopyAsync(new PlatformSelection([], (_, _, _) => ValueTask.FromResult(false))));

        Assert.Equal("PlatformNotFound", error.ErrorId);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public async Task Copy_NestedIndexFiltered_LosesTheInnerIndexThatIsEmpty()
    {
        ImageKinds.Write(_images, ImageKinds.NestedIndex, "1");

        PublishedImage copy = await CopyAsync(TestImages.Select("linux/amd64"));

        JsonNode inner = Assert.Single(Entries())!;
        Assert.Equal(LayoutImages.IndexType, (string)inner["mediaType"]!);
        JsonObject left = JsonNode.Parse(
            File.ReadAllBytes(_folder["out/blobs/sha256/" + ((string)inner["digest"]!)["sha256:".Length..]]))!.AsObject();
        Assert.Equal(["amd64", "unknown"], left["manifests"]!.AsArray().Select(entry => (string)entry!["platform"]!["architecture"]!));
        Assert.True(copy.Changed);
    }

    [Fact]
    public async Task Copy_NestedIndexFilteredToAWholeInnerIndex_KeepsThatAsItIs()
    {
        string digest = ImageKinds.Write(_images, ImageKinds.NestedIndex, "1");

        await CopyAsync(TestImages.Select("windows/amd64"));

        Assert.Equal(_images.Json(digest)["manifests"]![1]!.ToJsonString(), Assert.Single(Entries())!.ToJsonString());
    }

    [Fact]
    public async Task Copy_SingleImageThatFits_StaysAsItIs()
    {
        string digest = ImageKinds.Write(_images, ImageKinds.OciImage, "1");

        PublishedImage copy = await CopyAsync(TestImages.Select("linux/arm64"));

        Assert.Equal((digest, false), (copy.Manifest.Digest.ToString(), copy.Changed));
    }

    [Fact]
    public async Task Copy_SingleImageThatDoesNotFit_IsPlatformNotFound()
    {
        ImageKinds.Write(_images, ImageKinds.OciImage, "1");

        var error = await Assert.ThrowsAsync<ContentNotFoundException>(() => CopyAsync(TestImages.Select("linux/amd64")));

        Assert.Equal("PlatformNotFound", error.ErrorId);
        Assert.Contains("linux/arm64/v8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copy_IndexKeepsUnknownFieldsAndAnnotations_WhenItIsFiltered()
    {
        JsonObject index = _images.Json(LayoutImages.Digest(_images.FourPlatforms()));
        index["annotations"] = new JsonObject { ["org.example.kept"] = "yes" };
        index["x-own"] = 7;
        _images.Tag("1", _images.Put(index, LayoutImages.IndexType));

        PublishedImage copy = await CopyAsync(TestImages.Select("linux/arm"));

        JsonNode after = JsonNode.Parse(copy.Manifest.Bytes.Span)!;
        Assert.Equal(("yes", 7), ((string)after["annotations"]!["org.example.kept"]!, (int)after["x-own"]!));
    }

    [Fact]
    public async Task Copy_ManifestThatIsMissing_IsAnErrorOnlyWhereItIsMeant()
    {
        string digest = _images.Tag("1", _images.FourPlatforms());
        string missing = (string)_images.Json(digest)["manifests"]![Arm]!["digest"]!;
        File.Delete(_images.BlobPath(missing));

        var unfiltered = await Assert.ThrowsAsync<ContentNotFoundException>(() => CopyAsync(PlatformSelection.All));
        Assert.False(Directory.Exists(_folder["out"]));
        var meant = await Assert.ThrowsAsync<ContentNotFoundException>(() => CopyAsync(TestImages.Select("linux/arm/v7")));
        await CopyAsync(TestImages.Select("linux/amd64"));

        Assert.All([unfiltered, meant], error => Assert.Equal("ManifestNotFound", error.ErrorId));
        Assert.All([unfiltered, meant], error => Assert.Contains(missing, error.Message, StringComparison.Ordinal));
        Assert.Equal(2, Entries().Count);
    }

    private Task<PublishedImage> CopyAsync(PlatformSelection platforms) =>
        TestImages.CopyAsync($"oci:{_images.Folder}:1", $"oci:{_folder["out"]}:1", platforms: platforms, log: _log);

    private JsonArray Entries() =>
        JsonNode.Parse(File.ReadAllBytes(
            _folder["out/blobs/sha256/" + LayoutImages.GetTagDigest(_folder["out"], "1")["sha256:".Length..]]))!["manifests"]!.AsArray();
}
