// SPDX-License-Identifier: MIT

using System.Formats.Tar;
using System.Text.Json.Nodes;
using OciPS.Copying;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;

namespace OciPS.Core.Tests.Peers;

/// <summary>Copies out of a tarball, which has no manifest of its own.</summary>
public sealed class ArchiveCopyPeerTests(DockerRegistry registry) : IClassFixture<DockerRegistry>
{
    private static readonly string s_tarball = Find();

    [PeerFact("skopeo", "umoci", Tool.Root)]
    public async Task Copy_ArchiveToLayout_GivesAnOciImageOfTheTarballsBlobs()
    {
        using var folder = new TemporaryFolder();

        PublishedImage copy = await TestImages.CopyAsync($"docker-archive:{s_tarball}", $"oci:{folder["out"]}:1");
        PublishedImage again = await TestImages.CopyAsync($"docker-archive:{s_tarball}:example/app:1", $"oci:{folder["out"]}:1");

        byte[] raw = Tool.Run("skopeo", "inspect", "--raw", $"oci:{folder["out"]}:1");
        Assert.Equal(LayoutImages.GetDigest(raw), copy.Manifest.Digest.ToString());
        Check(raw, LayoutImages.ManifestType, LayoutImages.ConfigType, LayoutImages.LayerType);
        Assert.Equal((true, false), (copy.Changed, again.Changed));
        Assert.Equal((copy.Manifest.Digest, 0), (again.Manifest.Digest, again.BytesTransferred));
        Tool.Run("umoci", "unpack", "--image", folder["out"] + ":1", folder["bundle"]);
        Assert.Equal("#!/bin/sh\nexec tool\n", File.ReadAllText(folder["bundle/rootfs/app/main.sh"]));
        Assert.False(File.Exists(folder["bundle/rootfs/app/.env"]));
    }

    [PeerFact("docker-registry", "skopeo")]
    public async Task Copy_ArchiveToRegistry_GivesADockerImageOfTheTarballsBlobs()
    {
        PublishedImage copy = await TestImages.CopyAsync($"docker-archive:{s_tarball}", $"{registry.Host}/archive/app:1");
        PublishedImage again = await TestImages.CopyAsync($"docker-archive:{s_tarball}", $"{registry.Host}/archive/app:1");

        byte[] raw = Tool.Run("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{registry.Host}/archive/app:1");
        Assert.Equal(LayoutImages.GetDigest(raw), copy.Manifest.Digest.ToString());
        Check(raw, LayoutImages.DockerManifestType, LayoutImages.DockerConfigType, LayoutImages.DockerLayerType);
        Assert.Equal((true, false, 0), (copy.Changed, again.Changed, again.BytesTransferred));
        Tool.Run("skopeo", "inspect", "--tls-verify=false", $"docker://{registry.Host}/archive/app:1");
    }

    [PeerTheory("docker-registry")]
    [InlineData(ManifestFormat.Oci, LayoutImages.IndexType, LayoutImages.ManifestType)]
    [InlineData(ManifestFormat.Docker, LayoutImages.DockerListType, LayoutImages.DockerManifestType)]
    internal async Task Copy_ArchiveNormalisedInAFormat_HasTheIndexOfThatFormat(
        ManifestFormat format, string indexType, string manifestType)
    {
        string name = $"archive/{format.ToString().ToLowerInvariant()}";
        using var peer = new RegistryPeer(registry.Host, name);

        PublishedImage copy = await TestImages.CopyAsync(
            $"docker-archive:{s_tarball}",
            $"{registry.Host}/{name}:1",
            new WriteOptions { Mode = ManifestMode.NormaliseToMultiArch, Format = format });

        JsonNode index = JsonNode.Parse(peer.Manifest("1"))!;
        JsonNode entry = Assert.Single(index["manifests"]!.AsArray())!;
        Assert.Equal((indexType, indexType), (copy.Manifest.MediaType, (string)index["mediaType"]!));
        Assert.Equal(
            (manifestType, "linux", "amd64"),
            ((string)entry["mediaType"]!, (string)entry["platform"]!["os"]!, (string)entry["platform"]!["architecture"]!));
    }

    /// <summary>Compares a manifest with the members of the tarball.</summary>
    private static void Check(byte[] raw, string manifestType, string configType, string layerType)
    {
        Dictionary<string, byte[]> members = ReadTarball();
        JsonNode listed = JsonNode.Parse(members["manifest.json"])![0]!;
        JsonNode manifest = JsonNode.Parse(raw)!;
        byte[] config = members[(string)listed["Config"]!];
        byte[][] layers = listed["Layers"]!.AsArray().Select(name => members[(string)name!]).ToArray();
        Assert.Equal(manifestType, (string)manifest["mediaType"]!);
        Assert.Equal((configType, LayoutImages.GetDigest(config), config.Length), Describe(manifest["config"]!));
        Assert.Equal(
            layers.Select(layer => (layerType, LayoutImages.GetDigest(layer), layer.Length)),
            manifest["layers"]!.AsArray().Select(layer => Describe(layer!)));
    }

    private static (string, string, int) Describe(JsonNode descriptor) =>
        ((string)descriptor["mediaType"]!, (string)descriptor["digest"]!, (int)descriptor["size"]!);

    private static Dictionary<string, byte[]> ReadTarball()
    {
        var members = new Dictionary<string, byte[]>();
        using var reader = new TarReader(File.OpenRead(s_tarball));
        while (reader.GetNextEntry(copyData: true) is { } entry)
        {
            using var bytes = new MemoryStream();
            entry.DataStream!.CopyTo(bytes);
            members[entry.Name] = bytes.ToArray();
        }

        return members;
    }

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "tests", "data", "kaniko-app.tar");
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new FileNotFoundException("kaniko-app.tar is not above the tests.");
    }
}
