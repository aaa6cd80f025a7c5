// SPDX-License-Identifier: MIT

using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Images;

namespace OciPS.Core.Tests.Images;

public sealed partial class ImagePickerTests : IDisposable
{
    // As Go spells this machine's architecture.
    private static readonly string s_local = RuntimeInformation.OSArchitecture switch
    {
        Architecture.Arm64 => "linux/arm64",
        Architecture.Arm => "linux/arm",
        _ => "linux/amd64",
    };

    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;

    public ImagePickerTests() => _images = new LayoutImages(_folder["in"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_NoPlatformAsked_IsThisMachinesImage()
    {
        JsonObject[] entries = [Image("windows/amd64:10.0.1"), Image("linux/s390x"), Image(s_local), Image("linux/ppc64le")];
        _images.Tag("1", _images.Index(entries));

        using SelectedImages picked = await OpenAsync();

        ImageSource image = Assert.Single(picked.Images);
        Assert.Equal(LayoutImages.Digest(entries[2]), image.Manifest.Content.Digest.ToString());
        Assert.True(image.IsPicked);
        Assert.Equal(LayoutImages.Digest(entries[2]), image.ExactReference.Digest.ToString());
        Assert.Equal("1", image.ExactReference.Tag);
    }

    [Fact]
    public async Task Open_NoPlatformAsked_OneWithoutAVariantComesFirst()
    {
        // Not each machine of an architecture runs what is made for one variant.
        JsonObject[] entries = [Image(s_local + "/v3"), Image(s_local)];
        _images.Tag("1", _images.Index(entries));

        Assert.Equal([LayoutImages.Digest(entries[1])], await PickAsync());
    }

    [Fact]
    public async Task Open_NoPlatformAsked_TakesAVariantWhereThereIsNoOther()
    {
        JsonObject[] entries = [Image("linux/s390x"), Image(s_local + "/v8")];
        _images.Tag("1", _images.Index(entries));

        Assert.Equal([LayoutImages.Digest(entries[1])], await PickAsync());
    }

    [Fact]
    public async Task Open_NoPlatformAskedAndNoneListed_LooksIntoTheConfigs()
    {
        JsonObject[] entries = [Image("linux/s390x"), Image(s_local)];
        Array.ForEach(entries, entry => entry.Remove("platform"));
        _images.Tag("1", _images.Index(entries));

        Assert.Equal([LayoutImages.Digest(entries[1])], await PickAsync());
    }

    [Fact]
    public async Task Open_OnlyImageIsForAnother_IsThat()
    {
        JsonObject only = Image("linux/s390x");
        _images.Tag("1", _images.Index(_images.Attestation(only), only, _images.Attestation(only)));

        using SelectedImages picked = await OpenAsync();

        Assert.Equal(LayoutImages.Digest(only), Assert.Single(picked.Images).Manifest.Content.Digest.ToString());
        Assert.Equal("linux/s390x", picked.Images[0].Platform!.ToString());
    }

    [Fact]
    public async Task Open_SeveralForOthers_IsPlatformNotFoundThatListsThem()
    {
        JsonObject one = Image("linux/s390x");
        _images.Tag("1", _images.Index(one, Image("linux/riscv64/v1", listedVariant: false), _images.Attestation(one)));

        ContentNotFoundException error = await ErrorAsync();

        Assert.Equal("PlatformNotFound", error.ErrorId);
        Assert.Contains(s_local, error.Message, StringComparison.Ordinal);
        Assert.EndsWith("It has: linux/s390x, linux/riscv64/v1.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linux/amd64", 0)]
    [InlineData("linux/arm64/v8", 1)]
    [InlineData("linux/arm64", 1)]
    [InlineData("linux/arm/v7", 2)]
    [InlineData("linux/arm", 2)]
    [InlineData("linux/amd64/v2", 0)]
    [InlineData("windows/amd64", 3)]
    [InlineData("windows/amd64:10.0.20348.1", 3)]
    public async Task Open_APlatform_IsItsImage(string platform, int expected)
    {
        JsonArray entries = Four();

        Assert.Equal([(string)entries[expected]!["digest"]!], await PickAsync(platform));
    }

    [Theory]
    [InlineData("linux/arm/v7", 1)]
    [InlineData("linux/arm", 2)]
    [InlineData("linux/arm/v6", 0)]
    [InlineData("linux/arm/v5", 2)]
    public async Task Open_SeveralVariants_TheExactOneComesFirst(string platform, int expected)
    {
        JsonObject[] entries = [Image("linux/arm/v6"), Image("linux/arm/v7"), Image("linux/arm")];
        _images.Tag("1", _images.Index(entries));

        Assert.Equal([LayoutImages.Digest(entries[expected])], await PickAsync(platform));
    }

    [Fact]
    public async Task Open_VariantThatOnlyTheConfigSays_IsFound()
    {
        JsonObject[] entries = [Image("linux/arm/v6", listedVariant: false), Image("linux/arm/v7", listedVariant: false)];
        _images.Tag("1", _images.Index(entries));

        using SelectedImages picked = await OpenAsync("linux/arm/v7");

        Assert.Equal(LayoutImages.Digest(entries[1]), Assert.Single(picked.Images).Manifest.Content.Digest.ToString());
        Assert.Equal("linux/arm/v7", picked.Images[0].Platform!.ToString());
    }

    [Theory]
    [InlineData("linux/*", "012")]
    [InlineData("*/*", "0123")]
    [InlineData("*/amd64", "03")]
    [InlineData("linux/*/v8", "1")]
    [InlineData("unknown/*", "")]
    public async Task Open_Wildcards_GiveAllThatFitInTheirOrder(string platform, string expected)
    {
        JsonArray entries = Four();

        if (expected.Length == 0)
        {
            Assert.Equal("PlatformNotFound", (await ErrorAsync(platform)).ErrorId);
            return;
        }

        Assert.Equal(expected.Select(i => (string)entries[i - '0']!["digest"]!), await PickAsync(platform));
    }

    [Fact]
    public async Task Open_SeveralPlatforms_GivesEachOnceInTheOrderAsked()
    {
        JsonArray entries = Four();

        Assert.Equal(
            new[] { 3, 0, 1, 2 }.Select(i => (string)entries[i]!["digest"]!), await PickAsync(
                "windows/amd64", "linux/amd64", "linux/*", "linux/arm/v7"));
    }

    [Fact]
    public async Task Open_SomeOfSeveralAreNotThere_TellsThemBesideTheOthers()
    {
        JsonArray entries = Four();

        using SelectedImages picked = await OpenAsync("linux/s390x", "linux/amd64", "plan9/*");

        Assert.Equal((string)entries[0]!["digest"]!, Assert.Single(picked.Images).Manifest.Content.Digest.ToString());
        Assert.Equal(["PlatformNotFound", "PlatformNotFound"], picked.Errors.Select(error => error.ErrorId));
        Assert.Contains("linux/s390x", picked.Errors[0].Message, StringComparison.Ordinal);
        Assert.Contains("plan9/*", picked.Errors[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_PlatformThatIsNotThere_ListsThoseThatAre()
    {
        Four();

        ContentNotFoundException error = await ErrorAsync("linux/s390x");

        Assert.Equal("PlatformNotFound", error.ErrorId);
        Assert.EndsWith(
            "It has: linux/amd64, linux/arm64/v8, linux/arm/v7, windows/amd64:10.0.20348.1.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linux/arm64/v8")]
    [InlineData("linux/arm64")]
    [InlineData("linux/*")]
    public async Task Open_SingleImageForThatPlatform_IsTheImageItself(string platform)
    {
        string digest = _images.Tag("1", Image("linux/arm64/v8"));

        using SelectedImages picked = await OpenAsync(platform);

        ImageSource image = Assert.Single(picked.Images);
        Assert.Equal(digest, image.Manifest.Content.Digest.ToString());
        Assert.False(image.IsPicked);
        Assert.Null(image.ExactReference.Digest);
    }

    [Fact]
    public async Task Open_SingleImageForAnotherPlatform_IsPlatformNotFound()
    {
        _images.Tag("1", Image("linux/arm64/v8"));

        ContentNotFoundException error = await ErrorAsync("linux/amd64");

        Assert.Equal("PlatformNotFound", error.ErrorId);
        Assert.EndsWith("It has: linux/arm64/v8.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_ArtifactAndAPlatform_IsPlatformNotFound()
    {
        _images.Tag("1", _images.Artifact());

        Assert.Contains("one of no platform", (await ErrorAsync("linux/amd64")).Message, StringComparison.Ordinal);
        Assert.Single(await PickAsync());
    }

    [Fact]
    public async Task Open_NestedIndex_LooksIntoIt()
    {
        JsonObject inner = Image("linux/s390x");
        JsonObject local = Image(s_local);
        JsonObject outer = Image("linux/ppc64le");
        _images.Tag("1", _images.Index(_images.Index(_images.Index(inner, local)), outer));

        Assert.Equal([LayoutImages.Digest(local)], await PickAsync());
        Assert.Equal([LayoutImages.Digest(inner)], await PickAsync("linux/s390x"));
        Assert.Equal([LayoutImages.Digest(inner), LayoutImages.Digest(local), LayoutImages.Digest(outer)], await PickAsync("linux/*"));
    }

    [Fact]
    public async Task Open_IndexWithoutImages_IsPlatformNotFound()
    {
        _images.Tag("1", _images.Index());

        Assert.EndsWith("It has: none.", (await ErrorAsync()).Message, StringComparison.Ordinal);
        Assert.EndsWith("It has: none.", (await ErrorAsync("*/*")).Message, StringComparison.Ordinal);
    }

    private string In => $"oci:{_folder["in"]}:1";

    private JsonObject Image(string platform, bool listedVariant = true) =>
        _images.Image(platform, [_images.Layer(("for", platform))], listedVariant);

    private JsonArray Four() => _images.Json(_images.Tag("1", _images.FourPlatforms()))["manifests"]!.AsArray();

    private void Lose(JsonArray entries, params int[] which) =>
        Array.ForEach(which, i => File.Delete(_images.BlobPath((string)entries[i]!["digest"]!)));

    private Task<SelectedImages> OpenAsync(params string[] platforms) => TestImages.OpenAsync(In, platforms);

    private async Task<string[]> PickAsync(params string[] platforms)
    {
        using SelectedImages picked = await OpenAsync(platforms);
        Assert.Empty(picked.Errors);
        return picked.Images.Select(image => image.Manifest.Content.Digest.ToString()).ToArray();
    }

    private Task<ContentNotFoundException> ErrorAsync(params string[] platforms) =>
        Assert.ThrowsAsync<ContentNotFoundException>(() => OpenAsync(platforms));
}
