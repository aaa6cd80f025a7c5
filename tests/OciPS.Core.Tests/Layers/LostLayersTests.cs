// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Images;

namespace OciPS.Core.Tests.Layers;

/// <summary>Manifests without layers: of images that have none, and of such that have lost them.</summary>
public sealed class LostLayersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;

    public LostLayersTests() => _images = new LayoutImages(_folder["in"]);

    public void Dispose() => _folder.Dispose();

    private string Source => $"oci:{_images.Folder}:1";

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("missing")]
    public async Task Image_WhoseManifestHasLostItsLayers_IsErrorWhereItIsReadOrWritten(string layers)
    {
        _images.Tag("1", _images.Image("linux/amd64", [_images.Layer(("a", "1"))], change: manifest => Set(manifest, layers)));

        foreach (Func<Task> use in new Func<Task>[]
        {
            () => ListAsync(Source),
            () => TestImages.CopyAsync(Source, $"oci:{_folder["out"]}:1"),
            () => TestImages.RemoveAsync(Source, $"oci:{_folder["out"]}:1", "a"),
            () => Repairs.RunAsync(Source, $"oci:{_folder["out"]}:1"),
        })
        {
            var error = await Assert.ThrowsAsync<InvalidContentException>(use);
            Assert.Equal("InvalidManifest", error.ErrorId);
            Assert.Contains("names 1", error.Message, StringComparison.Ordinal);
            Assert.False(Directory.Exists(_folder["out"]));
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    public async Task Image_WithoutLayers_IsEmpty(string layers)
    {
        _images.Tag("1", _images.Image("linux/amd64", [], change: manifest => Set(manifest, layers)));

        Assert.Empty(await ListAsync(Source));
        Assert.False((await TestImages.CopyAsync(Source, $"oci:{_folder["out"]}:1")).Changed);
    }

    [PeerFact("tar")]
    public async Task Archive_OfDockersWithoutLayersInItsManifest_SaysHowItIsRead()
    {
        _images.Tag("1", _images.Image("linux/amd64", [_images.Layer(("a", "1"))], change: manifest => Set(manifest, "null")));
        Tool.RunIn(_images.Folder, "tar", "--create", "--file", _folder["docker.tar"], ".");

        var error = await Assert.ThrowsAsync<InvalidContentException>(() => ListAsync($"oci-archive:{_folder["docker.tar"]}:1"));

        Assert.Contains($"docker-archive:{_folder["docker.tar"]}", error.Message, StringComparison.Ordinal);
    }

    private static void Set(JsonObject manifest, string layers)
    {
        manifest.Remove("layers");
        if (layers != "missing")
        {
            manifest["layers"] = JsonNode.Parse(layers);
        }
    }

    private static async Task<string[]> ListAsync(string reference)
    {
        using SelectedImages picked = await TestImages.OpenAsync(reference);
        var names = new List<string>();
        await foreach (ImageFile file in new FileLister(picked.Images[0], TestSession.Begin()).ListAsync(CancellationToken.None))
        {
            names.Add(file.Entry.Name);
        }

        return [.. names];
    }
}
