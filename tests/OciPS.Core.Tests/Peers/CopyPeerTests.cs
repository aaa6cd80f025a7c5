// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Copying;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;

namespace OciPS.Core.Tests.Peers;

/// <summary>Copies of every kind of image to and from a real registry, judged by skopeo and umoci.</summary>
[Trait("Speed", "Slow")]
public sealed class CopyPeerTests(DockerRegistry registry) : IClassFixture<DockerRegistry>
{
    public static TheoryData<string> Kinds => ImageKinds.ForRegistries;

    [PeerTheory("docker-registry", "skopeo")]
    [MemberData(nameof(Kinds))]
    public async Task Copy_ToARealRegistryAndOn_KeepsEveryByte(string kind)
    {
        using var folder = new TemporaryFolder();
        var images = new LayoutImages(folder["in"]);
        string digest = ImageKinds.Write(images, kind, "1");
        ImageParts source = ImageParts.FromLayout(images.Folder, digest);
        string name = kind.Replace(' ', '-').ToLowerInvariant();
        using var there = new RegistryPeer(registry.Host, $"team/{name}");
        using var mirror = new RegistryPeer(registry.Host, $"mirror/{name}");

        PublishedImage sent = await TestImages.CopyAsync($"oci:{images.Folder}:1", $"{registry.Host}/team/{name}:1");
        PublishedImage again = await TestImages.CopyAsync($"oci:{images.Folder}:1", $"{registry.Host}/team/{name}:1");
        PublishedImage mounted = await TestImages.CopyAsync($"{registry.Host}/team/{name}:1", $"{registry.Host}/mirror/{name}:2");
        PublishedImage pulled = await TestImages.CopyAsync($"{registry.Host}/mirror/{name}:2", $"oci:{folder["out"]}:3");

        Assert.All([sent, again, mounted, pulled], copy => Assert.Equal((digest, false), (copy.Manifest.Digest.ToString(), copy.Changed)));
        Assert.Equal((source.BlobBytes, 0), (sent.BytesTransferred, sent.BytesMounted));
        Assert.Equal((0, 0), (again.BytesTransferred, again.BytesMounted));
        Assert.Equal((0, source.BlobBytes), (mounted.BytesTransferred, mounted.BytesMounted));
        Assert.Equal(source.BlobBytes, pulled.BytesTransferred);
        Assert.Equal(source.Digests, there.Parts("1").Digests);
        Assert.Equal(source.Digests, mirror.Parts("2").Digests);
        Assert.Equal(source.Digests, ImageParts.FromLayout(folder["out"], LayoutImages.GetTagDigest(folder["out"], "3")).Digests);
        Assert.Equal(
            images.Blob(digest), Tool.Run("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{registry.Host}/mirror/{name}:2"));
        if (!kind.StartsWith("Docker", StringComparison.Ordinal))
        {
            // Skopeo is one of the tools that see no Docker manifests in layouts.
            Assert.Equal(images.Blob(digest), Tool.Run("skopeo", "inspect", "--raw", $"oci:{folder["out"]}:3"));
        }
    }

    [PeerTheory("docker-registry", "skopeo")]
    [InlineData(ImageKinds.FourPlatforms)]
    [InlineData(ImageKinds.OciImage)]
    [InlineData(ImageKinds.DockerImage)]
    [InlineData(ImageKinds.DockerList)]
    [InlineData(ImageKinds.InToto)]
    public async Task Copy_ReadBackBySkopeo_IsWhole(string kind)
    {
        using var folder = new TemporaryFolder();
        var images = new LayoutImages(folder["in"]);
        string digest = ImageKinds.Write(images, kind, "1");
        string name = kind.Replace(' ', '-').ToLowerInvariant();

        await TestImages.CopyAsync($"oci:{images.Folder}:1", $"{registry.Host}/skopeo/{name}:1");

        Tool.Run(
            "skopeo",
            "copy",
            "--all",
            "--quiet",
            "--src-tls-verify=false",
            "--preserve-digests",
            $"docker://{registry.Host}/skopeo/{name}:1",
            $"dir:{folder["dir"]}");
        Assert.Equal(images.Blob(digest), File.ReadAllBytes(folder["dir/manifest.json"]));
        IEnumerable<ImageParts.Part> blobs = ImageParts.FromLayout(images.Folder, digest).All.Where(part => !part.IsManifest);
        Assert.All(blobs, blob => Assert.Equal(blob.Bytes, File.ReadAllBytes(folder["dir/" + blob.Digest["sha256:".Length..]])));
    }

    [PeerTheory("docker-registry", "umoci", Tool.Root)]
    [InlineData(ImageKinds.OciImage, null)]
    [InlineData(ImageKinds.DockerImage, ManifestFormat.Oci)]
    internal async Task Copy_UnpackedByUmoci_HasTheFiles(string kind, ManifestFormat? format)
    {
        using var folder = new TemporaryFolder();
        var images = new LayoutImages(folder["in"]);
        ImageKinds.Write(images, kind, "1");

        await TestImages.CopyAsync($"oci:{images.Folder}:1", $"{registry.Host}/umoci/app:1");
        await TestImages.CopyAsync($"{registry.Host}/umoci/app:1", $"oci:{folder["out"]}:1", new WriteOptions { Format = format });

        Tool.Run("umoci", "unpack", "--image", folder["out"] + ":1", folder["bundle"]);
        Assert.Equal(kind == ImageKinds.OciImage ? "one" : "linux/amd64", File.ReadAllText(folder["bundle/rootfs/bin/app"]));
        Assert.Equal(kind == ImageKinds.OciImage, File.Exists(folder["bundle/rootfs/etc/conf"]));
    }

    [PeerTheory("docker-registry", "skopeo")]
    [InlineData("linux/amd64", 2)]
    [InlineData("windows/*", 1)]
    [InlineData("linux/*", 5)]
    public async Task Copy_Filtered_IsTakenByARegistryThatWantsAllThatIsListed(string platform, int entries)
    {
        using var folder = new TemporaryFolder();
        var images = new LayoutImages(folder["in"]);
        string digest = images.Tag("1", images.FourPlatforms());
        string repository = $"{registry.Host}/filtered/{platform.Split('/')[0]}{entries}";

        PublishedImage copy = await TestImages.CopyAsync(
            $"oci:{images.Folder}:1", $"{repository}:1", platforms: TestImages.Select(platform));

        JsonNode index = JsonNode.Parse(Tool.Run("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{repository}:1"))!;
        Assert.Equal(entries, index["manifests"]!.AsArray().Count);
        Assert.True(copy.Changed);
        Tool.Run(
            "skopeo",
            "copy",
            "--all",
            "--quiet",
            "--src-tls-verify=false",
            "--preserve-digests",
            $"docker://{repository}:1",
            $"dir:{folder["dir"]}");
        // The registry does refuse an index that lists what it has not.
        using var peer = new RegistryPeer(registry.Host, repository.Split('/', 2)[1]);
        Assert.ThrowsAny<Exception>(() => peer.Put("sparse", images.Blob(digest), LayoutImages.IndexType));
    }

    [PeerFact("docker-registry", "skopeo")]
    public async Task Copy_NestedIndexFiltered_IsTakenByARealRegistry()
    {
        using var folder = new TemporaryFolder();
        var images = new LayoutImages(folder["in"]);
        ImageKinds.Write(images, ImageKinds.NestedIndex, "1");
        using var peer = new RegistryPeer(registry.Host, "filtered/nested");

        PublishedImage copy = await TestImages.CopyAsync(
            $"oci:{images.Folder}:1", $"{registry.Host}/filtered/nested:1", platforms: TestImages.Select("linux/arm64"));

        // The outer index, the inner one, one image with its config and two layers.
        Assert.Equal(6, peer.Parts("1").Digests.Count);
        Assert.Equal(
            copy.Manifest.Bytes.ToArray(),
            Tool.Run("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{registry.Host}/filtered/nested:1"));
    }

    [PeerTheory("docker-registry", "skopeo")]
    [InlineData(ManifestFormat.Docker, LayoutImages.DockerListType)]
    [InlineData(ManifestFormat.Oci, LayoutImages.IndexType)]
    internal async Task Copy_Converted_IsReadBySkopeo(ManifestFormat format, string indexType)
    {
        using var folder = new TemporaryFolder();
        var images = new LayoutImages(folder["in"]);
        ImageKinds.Write(images, format == ManifestFormat.Oci ? ImageKinds.DockerList : ImageKinds.FourPlatforms, "1");
        string target = $"{registry.Host}/converted/{format.ToString().ToLowerInvariant()}:1";

        PublishedImage copy = await TestImages.CopyAsync(
            $"oci:{images.Folder}:1",
            target,
            new WriteOptions { Format = format, Attestations = AttestationRule.Follow },
            format == ManifestFormat.Docker ? TestImages.Select("*/amd64", "linux/arm") : null);

        Assert.Equal(indexType, copy.Manifest.MediaType);
        Tool.Run(
            "skopeo",
            "copy",
            "--all",
            "--quiet",
            "--src-tls-verify=false",
            "--preserve-digests",
            $"docker://{target}",
            $"dir:{folder["dir"]}");
        Assert.Equal(copy.Manifest.Bytes.ToArray(), File.ReadAllBytes(folder["dir/manifest.json"]));
        string config = Tool.RunText(
            "skopeo",
            "inspect",
            "--config",
            "--raw",
            "--tls-verify=false",
            "--override-os",
            "linux",
            "--override-arch",
            "amd64",
            $"docker://{target}");
        Assert.Equal("amd64", (string)JsonNode.Parse(config)!["architecture"]!);
    }
}
