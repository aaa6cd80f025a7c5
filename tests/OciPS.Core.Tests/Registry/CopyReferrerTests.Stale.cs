// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Copying;
using OciPS.Core.Tests.Support;

namespace OciPS.Core.Tests.Registry;

public sealed partial class CopyReferrerTests
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Copy_ThatChangesTheImage_WarnsOfWhatSpeaksOfTheOldOne(bool hasApi, bool withReferrers)
    {
        Registry.Options.HasReferrersApi = hasApi;
        (JsonObject image, JsonObject sbom, JsonObject signature) = PushSigned();
        PushCosign(image, ".sig");

        await CopyAsync(
            $"{Host}/team/app:1",
            $"{Host}/mirror/app:2",
            withReferrers,
            new WriteOptions { Annotations = new Dictionary<string, string> { ["a"] = "b" } });

        Assert.Equal(2, _log.Warnings.Count);
        Assert.Contains(_log.Warnings, warning => warning.Contains(
            LayoutImages.Digest(sbom), StringComparison.Ordinal) && warning.Contains(LayoutImages.Digest(image), StringComparison.Ordinal));
        Assert.Contains(_log.Warnings, warning => warning.Contains(FallbackTag(image) + ".sig", StringComparison.Ordinal));
        Assert.All([sbom, signature], part => Assert.Null(Registry.Content.FindManifest("mirror/app", LayoutImages.Digest(part))));
    }

    [Fact]
    public async Task Copy_FilteredIndex_WarnsOfTheIndexsReferrersAndCopiesTheImages()
    {
        Registry.Options.HasReferrersApi = true;
        JsonObject image = _images.Image("linux/amd64", []);
        JsonObject index = _images.Index(image, _images.Image("linux/arm/v7", []));
        JsonObject ofImage = _images.Artifact("application/vnd.sbom", image);
        JsonObject ofIndex = _images.Artifact("application/vnd.sbom", index);
        Push("team/app", index, "1");
        Push("team/app", ofImage);
        Push("team/app", ofIndex);

        await CopyAsync($"{Host}/team/app:1", $"{Host}/mirror/app:1", withReferrers: true, platforms: TestImages.Select("linux/amd64"));

        Assert.Contains(LayoutImages.Digest(ofIndex), Assert.Single(_log.Warnings), StringComparison.Ordinal);
        Assert.NotNull(Registry.Content.FindManifest("mirror/app", LayoutImages.Digest(ofImage)));
        Assert.Null(Registry.Content.FindManifest("mirror/app", LayoutImages.Digest(ofIndex)));
    }

    [Fact]
    public async Task Copy_RegistryDoesNotTellReferrers_IsAnErrorOnlyWhereTheyAreMeant()
    {
        PushSigned();
        Registry.Options.Intercept = context =>
        {
            bool fails = context.Request.Path.Value!.Contains("/referrers/", StringComparison.Ordinal);
            context.Response.StatusCode = fails ? 500 : 200;
            return Task.FromResult(fails);
        };
        var annotated = new WriteOptions { Annotations = new Dictionary<string, string> { ["a"] = "b" } };

        await CopyAsync($"{Host}/team/app:1", $"{Host}/mirror/app:2", withReferrers: false, annotated);
        OciException error = await GetErrorAsync(() => CopyAsync($"{Host}/team/app:1", $"{Host}/mirror/app:3", withReferrers: true));

        Assert.Equal("RegistryError", error.ErrorId);
        Assert.Equal(["2"], Tags("mirror/app"));
    }
}
