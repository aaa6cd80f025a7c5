// SPDX-License-Identifier: MIT

using System.Text;
using System.Text.Json.Nodes;
using OciPS.Copying;
using OciPS.Core.Tests.Support;

namespace OciPS.Core.Tests.Peers;

/// <summary>Repairs images in a real registry; umoci, which checks diffIDs, refuses them before and unpacks them after.</summary>
public sealed class RepairPeerTests(DockerRegistry registry) : IClassFixture<DockerRegistry>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PeerTheory("skopeo", "docker-registry", "python3", "umoci", Tool.Root)]
    [InlineData("no-rootfs", "")]
    [InlineData("no-diffids", ",\"rootfs\":{\"type\":\"layers\"}")]
    [InlineData("reversed", ",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"SECOND\",\"FIRST\"]}")]
    [InlineData("too-few", ",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"FIRST\"]}")]
    [InlineData("history-only", ",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"FIRST\",\"SECOND\"]}")]
    public async Task Repair_WithDeep_IsAnImageThatUmociUnpacks(string name, string rootFs)
    {
        var images = new LayoutImages(_folder["in"]);
        JsonObject[] layers = [images.Layer(("a", "A")), images.Layer(("b", "B"))];
        string[] diffIds = layers.Select(
            layer => "sha256:" + Sample.Hash(Tool.Filter(images.Blob(LayoutImages.Digest(layer)), "gzip", "-dc"))).ToArray();
        string config =
            """{"os":"linux","architecture":"amd64","config":{},"history":[{"created":"2024-01-02T03:04:05Z","created_by":"one"}]"""
            + rootFs.Replace("FIRST", diffIds[0], StringComparison.Ordinal).Replace("SECOND", diffIds[1], StringComparison.Ordinal) + "}";
        images.Tag("1", images.Put(
            LayoutImages.Manifest(images.Put(Encoding.UTF8.GetBytes(config), LayoutImages.ConfigType), layers), LayoutImages.ManifestType));
        string reference = $"{registry.Host}/team/{name}:1";
        Tool.Run("skopeo", "copy", "--dest-tls-verify=false", "--preserve-digests", $"oci:{_folder["in"]}:1", $"docker://{reference}");
        bool isRefused = Record.Exception(
            () => Tool.Run("umoci", "unpack", "--image", _folder["in"] + ":1", _folder["before"])) is not null;
        // umoci does not look at the history.
        Assert.Equal(name != "history-only", isRefused);

        PublishedImage result = await Repairs.RunAsync(reference, deep: name != "history-only");

        Tool.Run("skopeo", "copy", "--src-tls-verify=false", "--preserve-digests", $"docker://{reference}", $"oci:{_folder["out"]}:1");
        Assert.True(result.Changed);
        Assert.Equal(LayoutImages.GetTagDigest(_folder["out"], "1"), result.Manifest.Digest.ToString());
        Tool.Run("umoci", "unpack", "--image", _folder["out"] + ":1", _folder["bundle"]);
        Assert.Equal("AB", File.ReadAllText(_folder["bundle/rootfs/a"]) + File.ReadAllText(_folder["bundle/rootfs/b"]));
        JsonNode inspected = JsonNode.Parse(Tool.Run("skopeo", "inspect", "--config", "--tls-verify=false", $"docker://{reference}"))!;
        Assert.Equal(["one", "one"], inspected["history"]!.AsArray().Select(entry => (string?)entry!["created_by"]));
        Assert.Equal([["a=A"], ["b=B"]], LayoutPeer.Entries(_folder["out"], result.Manifest.Digest.ToString()));
    }

    [PeerFact("skopeo", "docker-registry")]
    public async Task Repair_ToAnotherRepository_TheSourceKeepsItsTag()
    {
        var images = new LayoutImages(_folder["in"]);
        JsonObject layer = images.Layer(("a", "A"));
        string diffId = "sha256:" + Sample.Hash(Tool.Filter(images.Blob(LayoutImages.Digest(layer)), "gzip", "-dc"));
        byte[] config = Encoding.UTF8.GetBytes(
            $$"""{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":["{{diffId}}"]} }""");
        string before = images.Tag(
            "1", images.Put(LayoutImages.Manifest(images.Put(config, LayoutImages.ConfigType), [layer]), LayoutImages.ManifestType));
        Tool.Run(
            "skopeo",
            "copy",
            "--dest-tls-verify=false",
            "--preserve-digests",
            $"oci:{_folder["in"]}:1",
            $"docker://{registry.Host}/team/source:1");

        PublishedImage result = await Repairs.RunAsync($"{registry.Host}/team/source:1", $"{registry.Host}/team/repaired:2");

        Assert.Equal(before, GetDigest("team/source:1"));
        Assert.Equal(result.Manifest.Digest.ToString(), GetDigest("team/repaired:2"));
        Assert.NotEqual(before, result.Manifest.Digest.ToString());
    }

    private string GetDigest(string name) =>
        "sha256:" + Sample.Hash(Tool.Run("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{registry.Host}/{name}"));
}
