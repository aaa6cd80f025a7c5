// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Removal;

namespace OciPS.Core.Tests.Removal;

/// <summary>Indexes of other shapes: nested, of Docker, with an image twice, incomplete.</summary>
public sealed partial class IndexRemovalTests
{
    [PeerFact("python3")]
    public async Task Remove_NestedIndex_ChangesEveryIndexOnTheWay()
    {
        JsonObject inner = _images.FourPlatforms();
        JsonObject other = _images.Image("linux/s390x", [_images.Layer(("etc/other", "O"))]);
        JsonObject middle = _images.Index(other, inner);
        middle["annotations"] = new JsonObject { ["org.example"] = "kept" };
        JsonObject artifact = _images.Artifact();
        _images.Tag("1", _images.Index(artifact, middle));

        RewrittenImage result = await RemoveAsync("etc/secret.key");

        JsonObject[] top = Entries(Out(), TagOut());
        JsonObject[] below = Entries(Out(), LayoutImages.Digest(top[1]));
        Assert.True(JsonNode.DeepEquals(artifact, top[0]));
        Assert.Equal("kept", (string?)top[1]["annotations"]!["org.example"]);
        Assert.Equal(LayoutImages.IndexType, (string?)top[1]["mediaType"]);
        Assert.True(JsonNode.DeepEquals(other, below[0]));
        Assert.Equal(4, Entries(Out(), LayoutImages.Digest(below[1])).Length);
        Assert.Empty(LayoutPeer.Read(_folder["out"], TagOut(), "SECRET").Holding);
        Assert.Equal(1 + 1 + 4, result.Images.Count);
        Assert.Single(Index(_folder["out"])["manifests"]!.AsArray());
    }

    [PeerFact("python3")]
    public async Task Remove_DockerList_StaysOne()
    {
        JsonObject shared = _images.GetLayer(LayoutImages.DockerLayerType, ("etc/secret.key", "SECRET"), ("a", "A"));
        JsonObject[] entries = new[] { "linux/amd64", "linux/arm64" }.Select(platform => _images.Image(platform, [shared], docker: true))
            .ToArray();
        JsonObject list = _images.IndexOf(LayoutImages.DockerListType, entries);
        _images.Tag("1", list);

        await RemoveAsync("etc/secret.key");

        JsonObject after = Out().Json(TagOut());
        Assert.Equal(LayoutImages.DockerListType, (string?)after["mediaType"]);
        Assert.Equal(LayoutImages.DockerListType, (string?)Index(_folder["out"])["manifests"]![0]!["mediaType"]);
        Assert.All(Entries(Out(), TagOut()), entry => Assert.Equal(LayoutImages.DockerManifestType, (string?)entry["mediaType"]));
        Assert.Equal(["linux/amd64", "linux/arm64"], LayoutPeer.Read(_folder["out"], TagOut()).Images.Select(image => image.Platform));
        Assert.Empty(LayoutPeer.Read(_folder["out"], TagOut(), "SECRET").Holding);
    }

    [PeerFact("python3")]
    public async Task Remove_SameImageListedTwice_BothEntriesFollow()
    {
        JsonObject image = _images.Image("linux/amd64", [_images.Layer(("etc/secret.key", "SECRET"), ("a", "A"))]);
        JsonObject again = image.DeepClone().AsObject();
        again["platform"] = new JsonObject { ["architecture"] = "amd64", ["os"] = "linux", ["variant"] = "v2" };
        _images.Tag("1", _images.Index(image, again));

        await RemoveAsync("etc/secret.key");

        JsonObject[] after = Entries(Out(), TagOut());
        Assert.Equal(LayoutImages.Digest(after[0]), LayoutImages.Digest(after[1]));
        Assert.Equal("v2", (string?)after[1]["platform"]!["variant"]);
        Assert.Empty(LayoutPeer.Read(_folder["out"], TagOut(), "SECRET").Holding);
    }

    [Fact]
    public async Task Remove_ManifestIsMissing_WritesNothing()
    {
        JsonObject index = _images.FourPlatforms();
        _images.Tag("1", index);
        File.Delete(_images.BlobPath(LayoutImages.Digest(Entries(_images, TagIn())[2])));

        var error = await Assert.ThrowsAsync<ContentNotFoundException>(() => RemoveAsync("etc/secret.key"));

        Assert.Equal("ManifestNotFound", error.ErrorId);
        Assert.Contains("linux/arm/v7", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }
}
