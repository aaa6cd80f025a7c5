// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;

namespace OciPS.Core.Tests.Peers;

/// <summary>What <c>buildx --cache-to type=registry</c> writes, between real registries: an index of layers and a config.</summary>
public sealed class CacheIndexPeerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;

    public CacheIndexPeerTests() => _images = new LayoutImages(_folder["in"]);

    public void Dispose() => _folder.Dispose();

    [PeerFact("docker-registry", "skopeo")]
    public async Task Copy_CacheIndex_ArrivesAsItIsAndIsReadAsBlobs()
    {
        using var first = new DockerRegistry();
        using var second = new DockerRegistry();
        JsonObject layer = _images.Layer(("cache", "layer"));
        JsonObject config = _images.Put("""{"layers":[],"records":[]}"""u8.ToArray(), "application/vnd.buildkit.cacheconfig.v0");
        string digest = _images.Tag("cache", _images.Index(layer, config));

        await TestImages.CopyAsync($"oci:{_folder["in"]}:cache", $"{first.Host}/team/app:cache");
        await TestImages.CopyAsync($"{first.Host}/team/app:cache", $"{second.Host}/team/app:cache");
        await TestImages.CopyAsync($"{second.Host}/team/app:cache", $"{second.Host}/other/app:cache");
        await TestImages.CopyAsync($"{second.Host}/other/app:cache", $"{second.Host}/other/app:again");
        await TestImages.CopyAsync($"{second.Host}/other/app:again", $"oci:{_folder["out"]}:cache");

        using var http = new HttpClient();
        (string Host, string Name)[] places =
            [(first.Host, "team/app:cache"), (second.Host, "team/app:cache"), (second.Host, "other/app:again")];
        foreach ((string host, string name) in places)
        {
            Assert.Equal(
                digest, LayoutImages.GetDigest(Tool.Run("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{host}/{name}")));
            foreach (JsonObject blob in new[] { layer, config })
            {
                byte[] there = await http.GetByteArrayAsync(
                    new Uri($"http://{host}/v2/{name.Split(':')[0]}/blobs/{LayoutImages.Digest(blob)}"));
                Assert.Equal(_images.Blob(LayoutImages.Digest(blob)), there);
            }
        }

        LayoutImages copied = LayoutImages.Open(_folder["out"]);
        Assert.All([layer, config], blob => Assert.Equal(_images.Blob(LayoutImages.Digest(blob)), copied.Blob(LayoutImages.Digest(blob))));
    }

    [PeerFact("docker-registry", "skopeo")]
    public async Task Copy_IndexWithAnArtifactManifest_IsTakenAsABlobWhereItIsRefused()
    {
        using var registry = new DockerRegistry();
        JsonObject artifact = _images.Put(
            new JsonObject { ["mediaType"] = "application/vnd.oci.artifact.manifest.v1+json", ["blobs"] = new JsonArray() },
            "application/vnd.oci.artifact.manifest.v1+json");
        string digest = _images.Tag("1", _images.Index(_images.Image("linux/amd64", [_images.Layer(("a", "A"))]), artifact));

        await TestImages.CopyAsync($"oci:{_folder["in"]}:1", $"{registry.Host}/team/app:1");

        Assert.Equal(
            digest,
            LayoutImages.GetDigest(Tool.Run("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{registry.Host}/team/app:1")));
        using var http = new HttpClient();
        Assert.Equal(
            _images.Blob(LayoutImages.Digest(artifact)),
            await http.GetByteArrayAsync(new Uri($"http://{registry.Host}/v2/team/app/blobs/{LayoutImages.Digest(artifact)}")));
    }
}
