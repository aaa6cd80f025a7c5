// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Copying;
using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Removal;

namespace OciPS.Core.Tests.Peers;

/// <summary>Removes files from indexes in a real registry, and has skopeo, umoci and Python judge the result.</summary>
[Trait("Speed", "Slow")]
public sealed class IndexRemovalPeerTests(DockerRegistry registry) : IClassFixture<DockerRegistry>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PeerTheory("skopeo", "docker-registry", "python3", "umoci", Tool.Root)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Remove_FourPlatforms_AllAreCleanAndCanBeCopiedAndUnpacked(bool keepsAttestations)
    {
        var images = new LayoutImages(_folder["in"]);
        images.Tag("1", images.FourPlatforms());
        Push("in", "team/in:1");
        string destination = $"{registry.Host}/team/out:{keepsAttestations}";
        var options = new WriteOptions { Attestations = keepsAttestations ? AttestationRule.Follow : AttestationRule.Drop };

        RewrittenImage result = await TestImages.RemoveAsync(
            $"{registry.Host}/team/in:1", destination, FileSelection.ByPath(
                ["etc/secret.key", "bin/helper"], [], recurse: false), options: options);

        string digest = Pull($"team/out:{keepsAttestations}");
        Assert.Equal(result.Published.Manifest.Digest.ToString(), digest);
        LayoutPeer.Found found = LayoutPeer.Read(_folder["pulled"], digest, "SECRET");
        Assert.Empty(found.Holding);
        Assert.Empty(LayoutPeer.Read(
            _folder["pulled"], digest, "for linux/").Holding.Intersect(found.Images.Take(4).SelectMany(image => image.LayerDigests)));
        Assert.Equal(keepsAttestations ? 6 : 4, found.Images.Length);
        Assert.All(found.Images.Take(4), image => Assert.Equal(["etc/os-release=NAME=example"], image.Layers[0]!));
        Assert.Equal(
            ["bin/app=linux/amd64", "bin/app=linux/arm64/v8", "bin/app=linux/arm/v7", "bin/app=windows/amd64:10.0.20348.1"],
            found.Images.Take(4).Select(image => Assert.Single(image.Layers[1]!)));
        ExpectUmociUnpacks(digest);
    }

    [PeerFact("skopeo", "docker-registry", "python3")]
    public async Task Remove_NothingMatches_TheRegistryHasTheSourcesDigest()
    {
        var images = new LayoutImages(_folder["in"]);
        string digest = images.Tag("1", images.FourPlatforms());
        Push("in", "team/same:1");

        RewrittenImage result = await TestImages.RemoveAsync($"{registry.Host}/team/same:1", $"{registry.Host}/team/other:1", "none");

        Assert.False(result.Published.Changed);
        Assert.Equal(digest, Pull("team/other:1"));
    }

    [PeerFact("skopeo", "docker-registry", "python3")]
    public async Task Remove_DockerList_ComesOutAsOne()
    {
        var images = new LayoutImages(_folder["in"]);
        JsonObject shared = images.GetLayer(LayoutImages.DockerLayerType, ("secret", "SECRET"), ("a", "A"));
        JsonObject[] entries = new[] { "linux/amd64", "linux/arm64/v8" }
            .Select(platform => images.Image(
                platform, [shared, images.GetLayer(LayoutImages.DockerLayerType, ("for", platform))], docker: true)).ToArray();
        images.Tag("1", images.IndexOf(LayoutImages.DockerListType, entries));
        await TestImages.CopyAsync($"oci:{_folder["in"]}:1", $"{registry.Host}/team/list:1");

        await TestImages.RemoveAsync($"{registry.Host}/team/list:1", $"{registry.Host}/team/list:clean", "secret");

        byte[] raw = Tool.Run("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{registry.Host}/team/list:clean");
        Assert.Equal(LayoutImages.DockerListType, (string?)JsonNode.Parse(raw)!["mediaType"]);
        Tool.Run(
            "skopeo", "copy", "--all", "--src-tls-verify=false", $"docker://{registry.Host}/team/list:clean", $"oci:{_folder["pulled"]}:1");
        LayoutPeer.Found found = LayoutPeer.Read(_folder["pulled"], LayoutImages.GetTagDigest(_folder["pulled"], "1"), "SECRET");
        Assert.Empty(found.Holding);
        Assert.All(found.Images, image => Assert.Equal(["a=A"], image.Layers[0]!));
    }

    [PeerFact("skopeo", "docker-registry")]
    public async Task Remove_SomePlatforms_TheIndexIsComplete()
    {
        var images = new LayoutImages(_folder["in"]);
        images.Tag("1", images.FourPlatforms());
        Push("in", "team/some:1");

        await TestImages.RemoveAsync(
            $"{registry.Host}/team/some:1",
            $"{registry.Host}/team/less:1",
            FileSelection.ByPath(["etc/secret.key"], [], recurse: false),
            platforms: TestImages.Select("linux/*"));

        // skopeo fails where an entry's manifest is not there.
        string digest = Pull("team/less:1");
        Assert.Equal(3, LayoutImages.Open(_folder["pulled"]).Json(digest)["manifests"]!.AsArray().Count);
    }

    private void Push(string layout, string name) =>
        Tool.Run(
            "skopeo",
            "copy",
            "--all",
            "--dest-tls-verify=false",
            "--preserve-digests",
            $"oci:{_folder[layout]}:1",
            $"docker://{registry.Host}/{name}");

    private string Pull(string name)
    {
        Tool.Run(
            "skopeo",
            "copy",
            "--all",
            "--src-tls-verify=false",
            "--preserve-digests",
            $"docker://{registry.Host}/{name}",
            $"oci:{_folder["pulled"]}:1");
        return LayoutImages.GetTagDigest(_folder["pulled"], "1");
    }

    // umoci takes no index; each image gets a tag of its own.
    private void ExpectUmociUnpacks(string digest)
    {
        var pulled = LayoutImages.Open(_folder["pulled"]);
        JsonObject[] entries = pulled.Json(digest)["manifests"]!.AsArray().Take(3).Select(entry => entry!.AsObject()).ToArray();
        for (int i = 0; i < entries.Length; i++)
        {
            pulled.Tag($"image{i}", entries[i]);
            Tool.Run("umoci", "unpack", "--image", $"{_folder["pulled"]}:image{i}", _folder[$"bundle{i}"]);
            Assert.Equal("NAME=example", File.ReadAllText(_folder[$"bundle{i}/rootfs/etc/os-release"]));
            Assert.False(File.Exists(_folder[$"bundle{i}/rootfs/etc/secret.key"]));
            Assert.False(File.Exists(_folder[$"bundle{i}/rootfs/bin/helper"]));
            Assert.True(File.Exists(_folder[$"bundle{i}/rootfs/bin/app"]));
        }
    }
}
