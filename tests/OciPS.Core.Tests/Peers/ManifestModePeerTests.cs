// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Copying;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;

namespace OciPS.Core.Tests.Peers;

/// <summary>What is asked of a real registry in each mode, and what comes out.</summary>
[Trait("Speed", "Slow")]
public sealed class ManifestModePeerTests(DockerRegistry registry) : IClassFixture<DockerRegistry>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PeerTheory("docker-registry")]
    [InlineData(ImageKinds.FourPlatforms, ManifestMode.PreferMultiArch)]
    [InlineData(ImageKinds.FourPlatforms, ManifestMode.NormaliseToMultiArch)]
    [InlineData(ImageKinds.NestedIndex, ManifestMode.PreferMultiArch)]
    [InlineData(ImageKinds.NestedIndex, ManifestMode.NormaliseToMultiArch)]
    [InlineData(ImageKinds.DockerList, ManifestMode.PreferMultiArch)]
    [InlineData(ImageKinds.DockerList, ManifestMode.NormaliseToMultiArch)]
    [InlineData(ImageKinds.OciImage, ManifestMode.PreferMultiArch)]
    [InlineData(ImageKinds.OciImage, ManifestMode.RegistryDefaults)]
    [InlineData(ImageKinds.DockerImage, ManifestMode.PreferMultiArch)]
    [InlineData(ImageKinds.DockerImage, ManifestMode.RegistryDefaults)]
    [InlineData(ImageKinds.Artifact, ManifestMode.PreferMultiArch)]
    [InlineData(ImageKinds.Artifact, ManifestMode.RegistryDefaults)]
    [InlineData(ImageKinds.InToto, ManifestMode.RegistryDefaults)]
    public async Task Copy_ModeThatAsksForNothingElse_TakesWhatIsThere(string kind, ManifestMode mode)
    {
        string digest = Push(kind, out string repository);

        PublishedImage copy = await CopyAsync(repository, mode);

        Assert.Equal((digest, false), (copy.Manifest.Digest.ToString(), copy.Changed));
        Assert.Equal(digest, LayoutImages.GetTagDigest(_folder["out"], "1"));
    }

    [PeerTheory("docker-registry")]
    [InlineData(ImageKinds.FourPlatforms)]
    [InlineData(ImageKinds.NestedIndex)]
    public async Task Copy_RegistryDefaultsWhereThereIsAnIndexOnly_SaysSoAndNamesTheMode(string kind)
    {
        string digest = Push(kind, out string repository);
        using var peer = new RegistryPeer(registry.Host, repository);
        Assert.Null(peer.Find("1", LayoutImages.ManifestType, LayoutImages.DockerManifestType));

        var error = await Assert.ThrowsAsync<ContentNotFoundException>(() => CopyAsync(repository, ManifestMode.RegistryDefaults));

        Assert.Equal("ManifestNotFound", error.ErrorId);
        Assert.Contains($"an index ({LayoutImages.IndexType}, {digest})", error.Message, StringComparison.Ordinal);
        Assert.Equal(Remedy.PreferMultiArch, error.Remedy);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [PeerFact("docker-registry")]
    public async Task Copy_RegistryDefaultsWhereThereIsADockerList_TakesTheImageThatTheRegistryChooses()
    {
        string list = Push(ImageKinds.DockerList, out string repository);
        using var peer = new RegistryPeer(registry.Host, repository);
        byte[] chosen = peer.Manifest("1", LayoutImages.ManifestType, LayoutImages.DockerManifestType);

        PublishedImage copy = await CopyAsync(repository, ManifestMode.RegistryDefaults);

        Assert.NotEqual(list, copy.Manifest.Digest.ToString());
        Assert.Equal(chosen, copy.Manifest.Bytes.ToArray());
        Assert.Equal((string)JsonNode.Parse(peer.Manifest(list))!["manifests"]![0]!["digest"]!, copy.Manifest.Digest.ToString());
    }

    [PeerFact("docker-registry")]
    public async Task Copy_RegistryDefaultsWhereNothingIs_IsManifestNotFound()
    {
        var error = await Assert.ThrowsAsync<ContentNotFoundException>(() => CopyAsync("mode/nothing", ManifestMode.RegistryDefaults));

        Assert.Equal("ManifestNotFound", error.ErrorId);
        Assert.DoesNotContain("-Mode", error.Message, StringComparison.Ordinal);
    }

    [PeerTheory("docker-registry")]
    [InlineData(
        ImageKinds.OciImage, LayoutImages.IndexType, LayoutImages.ManifestType, """{"architecture":"arm64","os":"linux","variant":"v8"}""")]
    [InlineData(
        ImageKinds.DockerImage, LayoutImages.DockerListType, LayoutImages.DockerManifestType, """{"architecture":"amd64","os":"linux"}""")]
    [InlineData(ImageKinds.Artifact, LayoutImages.IndexType, LayoutImages.ManifestType, null)]
    public async Task Copy_Normalised_IsAnIndexOfOneEntry(string kind, string indexType, string manifestType, string? platform)
    {
        string digest = Push(kind, out string repository);
        using var peer = new RegistryPeer(registry.Host, repository);

        PublishedImage copy = await TestImages.CopyAsync(
            $"{registry.Host}/{repository}:1",
            $"{registry.Host}/{repository}:index",
            new WriteOptions { Mode = ManifestMode.NormaliseToMultiArch });

        byte[] stored = peer.Manifest("index", indexType);
        JsonNode index = JsonNode.Parse(stored)!;
        JsonNode entry = Assert.Single(index["manifests"]!.AsArray())!;
        Assert.True(copy.Changed);
        Assert.Equal(copy.Manifest.Bytes.ToArray(), stored);
        Assert.Equal((2, indexType), ((int)index["schemaVersion"]!, (string)index["mediaType"]!));
        Assert.Equal(
            (manifestType, digest, peer.Manifest(digest).Length),
            ((string)entry["mediaType"]!, (string)entry["digest"]!, (int)entry["size"]!));
        Assert.True(JsonNode.DeepEquals(platform is null ? null : JsonNode.Parse(platform), entry["platform"]), entry.ToJsonString());
        Assert.Equal(0, copy.BytesTransferred);
    }

    [PeerTheory("docker-registry")]
    [InlineData(ManifestMode.PreferMultiArch)]
    [InlineData(ManifestMode.RegistryDefaults)]
    public async Task Copy_FromALayout_TakesWhatIsThereInEveryMode(ManifestMode mode)
    {
        var images = new LayoutImages(_folder["in"]);
        string digest = ImageKinds.Write(images, ImageKinds.DockerList, "1");

        PublishedImage copy = await TestImages.CopyAsync(
            $"oci:{images.Folder}:1", $"{registry.Host}/mode/layout:1", new WriteOptions { Mode = mode });

        Assert.Equal(digest, copy.Manifest.Digest.ToString());
    }

    private string Push(string kind, out string repository)
    {
        repository = "mode/" + kind.Replace(' ', '-').ToLowerInvariant();
        var images = new LayoutImages(_folder["in"]);
        string digest = ImageKinds.Write(images, kind, "1");
        using var peer = new RegistryPeer(registry.Host, repository);
        peer.Push(images.Folder, digest, "1");
        return digest;
    }

    private Task<PublishedImage> CopyAsync(string repository, ManifestMode mode) =>
        TestImages.CopyAsync($"{registry.Host}/{repository}:1", $"oci:{_folder["out"]}:1", new WriteOptions { Mode = mode });
}
