// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Core.Tests.Registry;
using OciPS.Core.Tests.Support;
using OciPS.Removal;

namespace OciPS.Core.Tests.Removal;

/// <summary>Indexes that list layers as entries of their own, as BuildKit's caches do: what is removed must not stay in one.</summary>
public sealed class ListedLayerRemovalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;

    public ListedLayerRemovalTests() => _images = new LayoutImages(_folder["in"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Remove_FromALayerThatIsListedToo_IsAnErrorAndNothingIsWritten()
    {
        JsonObject layer = _images.Layer(("etc/secret.key", "SECRET"));
        _images.Tag("1", _images.Index(_images.Image("linux/amd64", [layer]), layer.DeepClone().AsObject()));

        OciException error = await RegistryTestBase.GetErrorAsync(
            () => TestImages.RemoveAsync($"oci:{_images.Folder}:1", $"oci:{_folder["out"]}:1", "etc/secret.key"));

        Assert.Equal("UnsupportedImage", error.ErrorId);
        Assert.Contains(LayoutImages.Digest(layer), error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public async Task Remove_AnotherLayerIsListed_NamesItAsUnread()
    {
        JsonObject listed = _images.Layer(("other", "x"));
        _images.Tag("1", _images.Index(_images.Image("linux/amd64", [_images.Layer(("etc/secret.key", "SECRET"), ("keep", "y"))]), listed));

        RewrittenImage result = await TestImages.RemoveAsync($"oci:{_images.Folder}:1", $"oci:{_folder["out"]}:1", "etc/secret.key");

        Assert.Equal(LayoutImages.Digest(listed), Assert.Single(result.UnreadLayers).Digest.ToString());
    }
}
