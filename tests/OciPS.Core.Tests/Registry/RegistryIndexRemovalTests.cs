// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Layers;
using OciPS.Removal;

namespace OciPS.Core.Tests.Registry;

/// <summary>What goes over the wire when files are removed from an index whose images share a layer.</summary>
public sealed class RegistryIndexRemovalTests : RegistryTestBase, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("team/app:clean")]
    [InlineData("clean/app:1")]
    public async Task Remove_FileInTheSharedLayer_ReadsAndWritesThatLayerOnce(string destination)
    {
        LayoutImages images = Push(out JsonObject index);
        string[] layers = GetLayers(images, index);
        string repository = destination.Split(':')[0];

        RewrittenImage result = await RemoveAsync($"{Host}/team/app:1", $"{Host}/{destination}");

        Assert.Equal(1, Reads(layers[0]));
        Assert.All(layers[1..], layer => Assert.Equal(1, Reads(layer)));
        // One layer, and a config for each of four images.
        Assert.Equal(1 + 4, Uploads(repository));
        string rewritten = Assert.Single(result.RewrittenLayers).Digest.ToString();
        Assert.Equal(1, Registry.Requests.Count(request => request.Method == "PUT" && request.Path.Contains(
            Uri.EscapeDataString(rewritten), StringComparison.OrdinalIgnoreCase)));
        Assert.Equal(
            4 + 1,
            Registry.Requests.Count(request => request.Method == "PUT" && request.Path.Contains("/manifests/", StringComparison.Ordinal)));
        Assert.Equal(
            Registry.Content.FindManifest(repository, destination.Split(':')[1])!.Digest, result.Published.Manifest.Digest.ToString());
    }

    [Fact]
    public async Task Remove_ImagesOfOneLayerEach_ReadsThemSideBySide()
    {
        var images = new LayoutImages(_folder["in"]);
        JsonObject[] layers = [images.Layer(
            ("etc/secret.key", "SECRET"), ("a", "A")), images.Layer(("etc/secret.key", "SECRET"), ("b", "B"))];
        images.Tag("1", images.Index(images.Image("linux/amd64", [layers[0]]), images.Image("linux/arm64", [layers[1]])));
        await TestImages.CopyAsync($"oci:{images.Folder}:1", $"{Host}/team/app:1");
        using var reading = new CountdownEvent(2);
        bool cameAlone = false;
        // Neither layer comes before both were asked for.
        Registry.Options.Intercept = async context =>
        {
            if (context.Request.Method == "GET"
                && layers.Any(layer => context.Request.Path.Value!.EndsWith(LayoutImages.Digest(layer), StringComparison.Ordinal))
                && !reading.IsSet)
            {
                reading.Signal();
                for (int attempt = 0; attempt < 500 && !reading.IsSet; attempt++)
                {
                    await Task.Delay(20);
                }

                cameAlone |= !reading.IsSet;
            }

            return false;
        };

        RewrittenImage result = await RemoveAsync($"{Host}/team/app:1", $"{Host}/team/app:clean");

        Assert.Equal(2, result.RewrittenLayers.Count);
        Assert.True(!cameAlone || LayerReader.LayersAtOnce == 1);
    }

    [Fact]
    public async Task Remove_FromAnIndex_WritesTheImagesBeforeTheIndexAndTheTagLast()
    {
        Push(out _);

        RewrittenImage result = await RemoveAsync($"{Host}/team/app:1", $"{Host}/clean/app:1");

        string[] written = Registry.Requests.Where(
            request => request.Method == "PUT" && request.Path.Contains("/manifests/", StringComparison.Ordinal))
            .Select(request => request.Path.Split('/')[^1]).ToArray();
        Assert.Equal(result.Images.Select(image => image.Published.Manifest.Digest.ToString()).Order(), written[..4].Order());
        Assert.Equal("1", written[4]);
        int lastBlob = Registry.Requests.ToList()
            .FindLastIndex(request => request.Method == "PUT" && request.Path.Contains("/blobs/", StringComparison.Ordinal));
        int tag = Registry.Requests.ToList()
            .FindIndex(request => request.Method == "PUT" && request.Path.EndsWith("/manifests/1", StringComparison.Ordinal));
        Assert.True(lastBlob < tag);
    }

    [Fact]
    public async Task Remove_NothingMatchesInTheSameRepository_WritesTheTagAlone()
    {
        Push(out JsonObject index);

        RewrittenImage result = await RemoveAsync($"{Host}/team/app:1", $"{Host}/team/app:same", "none");

        Assert.False(result.Published.Changed);
        Assert.Equal(LayoutImages.Digest(index), Registry.Content.FindManifest("team/app", "same")!.Digest);
        Assert.Equal(0, Uploads("team/app"));
    }

    [Fact]
    public async Task Remove_EncryptedLayer_SendsNothing()
    {
        var images = new LayoutImages(_folder["in"]);
        JsonObject secret = images.GetLayer(LayoutImages.LayerType + "+encrypted", ("etc/secret.key", "UNREADABLE"));
        JsonObject index = images.Index(
            images.Image("linux/amd64", [images.Layer(("etc/secret.key", "SECRET"))]), images.Image("linux/arm64", [secret]));
        RegistryLayout.Push(Registry, "team/app", "1", images, index);
        string before = Registry.Content.PutManifest("clean/app", "1", [1], "application/json");

        OciException error = await GetErrorAsync(() => RemoveAsync($"{Host}/team/app:1", $"{Host}/clean/app:1"));

        Assert.Equal("EncryptedLayer", error.ErrorId);
        Assert.Contains(LayoutImages.Digest(secret), error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Registry.Content.FindManifest("clean/app", "1")!.Digest);
        Assert.DoesNotContain(Registry.Requests, request => request.Method is "POST" or "PUT" or "PATCH");
        Assert.Equal(0, Reads(LayoutImages.Digest(secret)));
    }

    [Fact]
    public async Task Remove_ForeignLayer_IsNeverAskedFor()
    {
        var images = new LayoutImages(_folder["in"]);
        JsonObject foreign = images.GetLayer("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", ("Windows/x", "X"));
        foreign["urls"] = new JsonArray("https://foreign.example/layer");
        JsonObject image = images.Image(
            "windows/amd64:10.0.1", [foreign, images.GetLayer(LayoutImages.DockerLayerType, ("etc/secret.key", "SECRET"))], docker: true);
        File.Delete(images.BlobPath(LayoutImages.Digest(foreign)));
        RegistryLayout.Push(Registry, "team/app", "1", images, image);

        RewrittenImage result = await RemoveAsync($"{Host}/team/app:1", $"{Host}/clean/app:1");

        Assert.DoesNotContain(
            Registry.Requests,
            request => request.Path.Contains(LayoutImages.Digest(foreign)["sha256:".Length..], StringComparison.Ordinal));
        Assert.Equal(LayoutImages.Digest(foreign), Assert.Single(result.UnreadLayers).Digest.ToString());
    }

    private LayoutImages Push(out JsonObject index)
    {
        var images = new LayoutImages(_folder["in"]);
        index = images.FourPlatforms();
        RegistryLayout.Push(Registry, "team/app", "1", images, index);
        return images;
    }

    /// <summary>The layer that all images share, and then their own ones.</summary>
    private static string[] GetLayers(LayoutImages images, JsonObject index) =>
        images.Json(LayoutImages.Digest(index))["manifests"]!.AsArray().Take(4)
        .SelectMany(entry => images.Json(LayoutImages.Digest(entry!.AsObject()))["layers"]!.AsArray())
        .Select(layer => (string)layer!["digest"]!).Distinct().ToArray();

    private int Reads(string digest) =>
        Registry.Requests.Count(
            request => request.Method == "GET" && !request.IsProbe && request.Path.EndsWith("/blobs/" + digest, StringComparison.Ordinal));

    private int Uploads(string repository) => Registry.Requests.Count(request =>
        request.Method == "PUT" && request.Path.StartsWith($"/v2/{repository}/blobs/uploads/", StringComparison.Ordinal));
}
