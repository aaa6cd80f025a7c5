// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Images;

namespace OciPS.Core.Tests.Images;

/// <summary>Indexes that list manifests which are not there, and attestations.</summary>
public sealed partial class ImagePickerTests
{
    [Fact]
    public async Task Open_OtherManifestsAreMissing_TakesTheOneThatIsThere()
    {
        JsonArray entries = Four();
        Lose(entries, 1, 2, 3);

        Assert.Equal([(string)entries[0]!["digest"]!], await PickAsync("linux/amd64"));
    }

    [Theory]
    [InlineData("linux/arm/v7")]
    [InlineData("windows/amd64")]
    public async Task Open_ManifestIsMissing_IsManifestNotFound(string platform)
    {
        Lose(Four(), 2, 3);

        Assert.Equal("ManifestNotFound", (await ErrorAsync(platform)).ErrorId);
    }

    [Fact]
    public async Task Open_WildcardsAndSomeManifestsAreMissing_GivesThoseThatAreThereAndTellsOfTheOthers()
    {
        JsonArray entries = Four();
        Lose(entries, 2);

        using SelectedImages picked = await OpenAsync("linux/*");

        Assert.Equal(
            [(string)entries[0]!["digest"]!, (string)entries[1]!["digest"]!],
            picked.Images.Select(image => image.Manifest.Content.Digest.ToString()));
        OciException error = Assert.Single(picked.Errors);
        Assert.Equal("ManifestNotFound", error.ErrorId);
        Assert.Contains("linux/arm/v7", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_PlatformNotThereAndManifestsMissing_ListsWhatTheIndexSays()
    {
        Lose(Four(), 2);

        Assert.Contains("linux/arm/v7", (await ErrorAsync("linux/s390x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_AttestationAloneIsLeft_IsNeverPicked()
    {
        JsonObject attestation = _images.Attestation(Image("linux/amd64"));
        _images.Tag("1", _images.Index(attestation));

        Assert.Equal("PlatformNotFound", (await ErrorAsync()).ErrorId);
        Assert.Equal("PlatformNotFound", (await ErrorAsync("unknown/unknown")).ErrorId);
        Assert.Equal("PlatformNotFound", (await ErrorAsync("*/*")).ErrorId);
    }
}
