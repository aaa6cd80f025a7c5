// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Copying;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;

namespace OciPS.Core.Tests.Peers;

/// <summary>Referrers in a real registry, which has no API for them: they are listed under the fallback tag.</summary>
public sealed class ReferrerPeerTests(DockerRegistry registry) : IClassFixture<DockerRegistry>
{
    [PeerFact("docker-registry", "skopeo")]
    public async Task Copy_ThroughARealRegistry_KeepsReferrersAndCosignsTags()
    {
        using var folder = new TemporaryFolder();
        var images = new LayoutImages(folder["in"]);
        JsonObject image = images.Image("linux/amd64", [images.Layer(("bin/app", "app"))]);
        JsonObject sbom = images.Artifact("application/vnd.sbom", image);
        JsonObject signature = images.Artifact("application/vnd.signature", sbom);
        string tag = LayoutImages.Digest(image).Replace(':', '-');
        images.Tag("1", image);
        images.Tag("sbom", sbom);
        images.Tag("signature", signature);
        string cosign = images.Tag(tag + ".sig", images.Artifact("application/vnd.cosign"));

        await TestImages.CopyAsync($"oci:{images.Folder}:1", $"{registry.Host}/first/app:1", withReferrers: true);
        await TestImages.CopyAsync($"{registry.Host}/first/app:1", $"{registry.Host}/second/app:1", withReferrers: true);
        await TestImages.CopyAsync($"{registry.Host}/second/app:1", $"oci:{folder["out"]}:1", withReferrers: true);
        await TestImages.CopyAsync($"oci:{folder["out"]}:1", $"{registry.Host}/third/app:1", withReferrers: true);

        foreach (string repository in new[] { "first/app", "second/app", "third/app" })
        {
            using var peer = new RegistryPeer(registry.Host, repository);
            JsonNode list = JsonNode.Parse(
                Tool.Run("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{registry.Host}/{repository}:{tag}"))!;
            JsonNode entry = Assert.Single(list["manifests"]!.AsArray())!;
            Assert.Equal(
                (LayoutImages.IndexType, LayoutImages.Digest(sbom), "application/vnd.sbom", (int)sbom["size"]!),
                ((string)list["mediaType"]!, (string)entry["digest"]!, (string)entry["artifactType"]!, (int)entry["size"]!));
            Assert.Equal(
                LayoutImages.Digest(signature),
                (string)JsonNode.Parse(peer.Manifest(LayoutImages.Digest(sbom).Replace(':', '-')))!["manifests"]![0]!["digest"]!);
            Assert.Equal(cosign, LayoutImages.GetDigest(peer.Manifest(tag + ".sig")));
            foreach (JsonObject part in new[] { image, sbom, signature })
            {
                Assert.Equal(
                    ImageParts.FromLayout(images.Folder, LayoutImages.Digest(part)).Digests, peer.Parts(LayoutImages.Digest(part)).Digests);
            }
        }
    }

    [PeerFact("docker-registry")]
    public async Task Copy_ThatChangesTheImage_WarnsOfTheFallbacksReferrers()
    {
        using var folder = new TemporaryFolder();
        var images = new LayoutImages(folder["in"]);
        JsonObject image = images.Image("linux/amd64", []);
        JsonObject sbom = images.Artifact("application/vnd.sbom", image);
        images.Tag("1", image);
        images.Tag("sbom", sbom);
        await TestImages.CopyAsync($"oci:{images.Folder}:1", $"{registry.Host}/stale/app:1", withReferrers: true);
        var log = new RecordingLog();

        await TestImages.CopyAsync(
            $"{registry.Host}/stale/app:1", $"{registry.Host}/stale/app:2", new WriteOptions { Format = ManifestFormat.Docker }, log: log);

        Assert.Contains($"application/vnd.sbom ({LayoutImages.Digest(sbom)})", Assert.Single(log.Warnings), StringComparison.Ordinal);
    }
}
