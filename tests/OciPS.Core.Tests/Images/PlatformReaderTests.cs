// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;

namespace OciPS.Core.Tests.Images;

public sealed class PlatformReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;

    public PlatformReaderTests() => _images = new LayoutImages(_folder["in"]);

    public void Dispose() => _folder.Dispose();

    // The platform of an index's entry merged with the config, the config being the more specific.
    [Fact]
    public async Task ReadAll_FourPlatforms_TheConfigsSayMore()
    {
        _images.Tag("1", _images.FourPlatforms());
        using ImageTree tree = await ImageTree.OpenAsync(
            ImageReference.Parse($"oci:{_folder["in"]}:1"), ManifestMode.PreferMultiArch, TestSession.Begin(), CancellationToken.None);

        var platforms = await PlatformReader.ReadAllAsync(tree, CancellationToken.None);

        Assert.Equal(
            ["linux/amd64", "linux/arm64/v8", "linux/arm/v7", "windows/amd64:10.0.20348.1"],
            platforms.Select(image => image.Platform!.ToString()));
    }

    [Fact]
    public async Task ReadAll_EntryAndConfigDiffer_TheConfigWinsAndTheEntryFillsItsGaps()
    {
        JsonObject image = _images.Image("linux/arm/v7", [_images.Layer(("a", "A"))]);
        image["platform"] = JsonNode.Parse(
            """{"os":"freebsd","architecture":"amd64","variant":"v6","os.version":"9","os.features":["f"],"features":["sse4"]}""");
        _images.Tag("1", _images.Index(image));
        using ImageTree tree = await ImageTree.OpenAsync(
            ImageReference.Parse($"oci:{_folder["in"]}:1"), ManifestMode.PreferMultiArch, TestSession.Begin(), CancellationToken.None);

        Platform platform = Assert.Single(await PlatformReader.ReadAllAsync(tree, CancellationToken.None)).Platform!;

        Assert.Equal("linux/arm/v7:9", platform.ToString());
        Assert.Equal(["f"], platform.OSFeatures);
        Assert.Equal(["sse4"], platform.Features);
    }
}
