// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Copying;
using OciPS.Core.Tests.Registry;
using OciPS.Core.Tests.Support;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Copying;

/// <summary>Layers that need not be where their image is go along where the source has them, and are told where they do not.</summary>
public sealed class ForeignLayerCopyTests : IDisposable
{
    private const string Oci = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";
    private const string Docker = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";

    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;
    private readonly RecordingLog _log = new();

    public ForeignLayerCopyTests() => _images = new LayoutImages(_folder["in"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Oci, false, "oci")]
    [InlineData(Oci, true, "oci")]
    [InlineData(Docker, false, "oci")]
    [InlineData(Oci, false, "dir")]
    [InlineData(Oci, true, "oci-archive")]
    public async Task Copy_LayerIsThere_IsCopiedToPlacesOnDisk(string type, bool hasUrls, string transport)
    {
        (string digest, JsonObject _) = Write(type, hasUrls);
        string to = $"{transport}:{_folder["out"]}" + (transport == "dir" ? "" : ":1");

        await TestImages.CopyAsync($"oci:{_images.Folder}:1", to, log: _log);

        // Reads every blob, each checked against its digest.
        Assert.Equal(digest, await StoreCopy.ReadAllAsync(to));
        Assert.Equal(["base", "top"], await RegistryTestBase.ListAsync(to));
        Assert.Empty(_log.Warnings);
    }

    [Fact]
    public async Task Copy_LayerIsThere_IsCopiedToATarball()
    {
        Write(Oci, hasUrls: false);

        await TestImages.CopyAsync($"oci:{_images.Folder}:1", $"docker-archive:{_folder["out.tar"]}:app:1", log: _log);

        Assert.Equal(["base", "top"], await RegistryTestBase.ListAsync($"docker-archive:{_folder["out.tar"]}"));
        Assert.Empty(_log.Warnings);
    }

    [PeerFact("docker-registry")]
    public async Task Copy_NoOtherAddressToARegistry_IsSent()
    {
        using var registry = new DockerRegistry();
        (string digest, JsonObject _) = Write(Oci, hasUrls: false);

        PublishedImage copy = await TestImages.CopyAsync($"oci:{_images.Folder}:1", $"{registry.Host}/team/app:1", log: _log);

        Assert.Equal(digest, copy.Manifest.Digest.ToString());
        Assert.Equal(["base", "top"], await RegistryTestBase.ListAsync($"{registry.Host}/team/app:1"));
        Assert.Empty(_log.Warnings);
    }

    // Distribution's registry takes such manifests only where its settings allow the addresses.
    [Fact]
    public async Task Copy_OtherAddressToARegistry_IsNotSentAndTold()
    {
        await using RegistryServer registry = await RegistryServer.StartAsync();
        (string digest, JsonObject foreign) = Write(Oci, hasUrls: true);

        PublishedImage copy = await TestImages.CopyAsync($"oci:{_images.Folder}:1", $"{registry.Host}/team/app:1", log: _log);

        Assert.Equal(digest, copy.Manifest.Digest.ToString());
        Assert.Equal(["top"], await RegistryTestBase.ListAsync($"{registry.Host}/team/app:1"));
        Assert.Contains("https://foreign.example/layer", Assert.Single(_log.Warnings), StringComparison.Ordinal);
        Assert.DoesNotContain(registry.Requests, request => request.Path.Contains(LayoutImages.Digest(foreign), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Copy_LayerIsNotThere_IsToldAndTheRestIsCopied()
    {
        (string digest, JsonObject foreign) = Write(Oci, hasUrls: false);
        File.Delete(_images.BlobPath(LayoutImages.Digest(foreign)));

        PublishedImage copy = await TestImages.CopyAsync($"oci:{_images.Folder}:1", $"oci:{_folder["out"]}:1", log: _log);

        Assert.Equal(digest, copy.Manifest.Digest.ToString());

        Assert.Contains(LayoutImages.Digest(foreign), Assert.Single(_log.Warnings), StringComparison.Ordinal);
    }

    [PeerTheory("skopeo")]
    [InlineData(Oci, "top")]
    [InlineData(Oci, "nothing")]
    [InlineData(Docker, "top")]
    public async Task Remove_FromTheOtherLayer_TakesTheForeignOneAlong(string type, string path)
    {
        Write(type, hasUrls: false);

        await TestImages.RemoveAsync($"oci:{_images.Folder}:1", $"oci:{_folder["out"]}:1", path);

        Assert.Contains("base", await RegistryTestBase.ListAsync($"oci:{_folder["out"]}:1"));
        if (type == Oci)
        {
            Tool.Run("skopeo", "copy", "--quiet", $"oci:{_folder["out"]}:1", $"dir:{_folder["skopeo"]}");
        }
    }

    private (string Digest, JsonObject Foreign) Write(string type, bool hasUrls)
    {
        JsonObject foreign = _images.GetLayer(type, ("base", "BASE"));
        if (hasUrls)
        {
            foreign["urls"] = new JsonArray("https://foreign.example/layer");
        }

        return (_images.Tag("1", _images.Image(
            "linux/amd64",
            [foreign, _images.GetLayer(type == Docker ? LayoutImages.DockerLayerType : LayoutImages.LayerType, ("top", "TOP"))])), foreign);
    }
}
