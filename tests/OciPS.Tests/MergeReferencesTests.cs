// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>One index of several images.</summary>
public sealed class MergeReferencesTests(DockerRegistry registry) : IClassFixture<DockerRegistry>, IDisposable
{
    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    private LayoutImages CreateImages()
    {
        var images = new LayoutImages(_engine.GetPath("images"));
        JsonObject shared = images.Layer(("etc/os-release", "x"));
        images.Tag("amd64", images.Image("linux/amd64", [shared, images.Layer(("a", "1"))]));
        images.Tag("arm64", images.Image("linux/arm64/v8", [shared, images.Layer(("a", "2"))]));
        images.Tag("windows", images.Image("windows/amd64:10.0.20348.1", [shared, images.Layer(("a", "3"))]));
        images.Tag("other", images.Image("linux/amd64", [shared, images.Layer(("a", "4"))]));
        images.Tag("index", images.FourPlatforms());
        JsonObject layer = images.GetLayer(LayoutImages.DockerLayerType, ("a", "5"));
        images.Tag("docker", images.Image("linux/s390x", [layer], docker: true));
        return images;
    }

    private JsonNode Merged(string tag = "1") =>
        JsonNode.Parse(File.ReadAllBytes(_engine.Layout("out").BlobPath(_engine.Layout("out").GetDigest(tag))))!;

    [Fact]
    public void Merge_SeveralImages_ListsEachWithThePlatformOfItsConfig()
    {
        LayoutImages images = CreateImages();

        PSObject[] merged =
            [
                .. _engine.Run(
                    "Merge-OciManifestList oci:images:amd64, oci:images:arm64, oci:images:windows, oci:images:amd64 -Destination oci:out:1 "
                        + "-AdditionalTag b, c")];

        Assert.Equal(["1", "b", "c"], merged.Texts("Tag"));
        Assert.Single(merged.Texts("Digest").Distinct());
        Assert.Equal(LayoutImages.IndexType, (string?)Merged()["mediaType"]);
        Assert.Equal(
            ["amd64", "arm64", "windows"],
            Merged()["manifests"]!.AsArray().Select(entry => FindTag(images, (string)entry!["digest"]!)));
        Assert.Equal(
            [
                """{"architecture":"amd64","os":"linux"}""",
                """{"architecture":"arm64","os":"linux","variant":"v8"}""",
                """{"architecture":"amd64","os":"windows","os.version":"10.0.20348.1"}""",
            ],
            Merged()["manifests"]!.AsArray().Select(entry => entry!["platform"]!.ToJsonString()));
    }

    [Fact]
    public void Merge_IndexAmongThem_ContributesItsImagesAndAttestations()
    {
        LayoutImages images = CreateImages();
        string[] entries = images.Json(LayoutImages.GetTagDigest(images.Folder, "index"))["manifests"]!.AsArray()
            .Select(entry => (string)entry!["digest"]!)
            .ToArray();

        _engine.Run("$null = Merge-OciManifestList oci:images:docker, oci:images:index -Destination oci:out:1 -Format Oci");

        string[] merged = Merged()["manifests"]!.AsArray().Select(entry => (string)entry!["digest"]!).ToArray();
        Assert.Equal(7, merged.Length);
        Assert.Equal(entries, merged[1..]);
        Assert.Equal(2, Merged()["manifests"]!.AsArray().Count(entry => entry!["annotations"]?["vnd.docker.reference.digest"] is not null));
    }

    [Fact]
    public void Merge_TwoImagesForOnePlatform_IsErrorThatNamesBothUnlessForced()
    {
        CreateImages();
        const string Script = "Merge-OciManifestList oci:images:amd64, oci:images:other -Destination oci:out:1";

        Result result = _engine.Invoke(Script);

        result.Error.ShouldBe("SamePlatform", ErrorCategory.InvalidArgument, "oci:out:1");
        Assert.Contains("images:amd64", result.Error.ToString(), StringComparison.Ordinal);
        Assert.Contains("images:other", result.Error.ToString(), StringComparison.Ordinal);
        Assert.False(_engine.Layout("out").Exists);
        _engine.Run($"$null = {Script} -Force");
        Assert.Equal(2, Merged()["manifests"]!.AsArray().Count);
    }

    [Fact]
    public void Merge_DockerAndOci_IsErrorUnlessAFormatIsAskedFor()
    {
        LayoutImages images = CreateImages();
        const string Script = "Merge-OciManifestList oci:images:amd64, oci:images:docker -Destination oci:out:1";

        _engine.Invoke(Script).Error.ShouldBe("MixedFormats");
        Assert.False(_engine.Layout("out").Exists);
        _engine.Run($"$null = {Script} -Format Docker");

        Assert.Equal(LayoutImages.DockerListType, (string?)Merged()["mediaType"]);
        Assert.All(Merged()["manifests"]!.AsArray(), entry => Assert.Equal(LayoutImages.DockerManifestType, (string?)entry!["mediaType"]));
        JsonObject before = images.Json(LayoutImages.GetTagDigest(images.Folder, "amd64"));
        JsonNode after = JsonNode.Parse(File.ReadAllBytes(_engine.Layout("out").BlobPath((string)Merged()["manifests"]![0]!["digest"]!)))!;
        Assert.Equal((string?)before["config"]!["digest"], (string?)after["config"]!["digest"]);
        Assert.Equal(LayoutImages.DockerConfigType, (string?)after["config"]!["mediaType"]);
        Assert.Equal(
            before["layers"]!.AsArray().Select(layer => (string?)layer!["digest"]), after["layers"]!.AsArray()
                .Select(layer => (string?)layer!["digest"]));
    }

    [PeerFact("skopeo", "docker-registry")]
    public void Merge_TagsOfSeveralRepositories_AreMountedAndReadBySkopeo()
    {
        CreateImages();
        string team = $"{registry.Host}/team/{Guid.NewGuid():N}";
        _engine.Set("team", team);
        _engine.Run("""
            $null = Copy-OciImage oci:images:amd64 "$team/a:amd64"
            $null = Copy-OciImage oci:images:arm64 "$team/b:arm64"
            """);

        PSObject merged = Assert.Single(_engine.Run(
            "Get-OciTag \"$team/a\" | ForEach-Object { $_; Get-OciTag \"$team/b\" } | Merge-OciManifestList -Destination \"$team/all:1\""));

        Assert.NotEqual(0L, merged.Value("BytesMounted"));
        Assert.Equal(0L, merged.Value("BytesTransferred"));
        Tool.Run("skopeo", "copy", "--all", "--src-tls-verify=false", $"docker://{team}/all:1", $"oci:{_engine.GetPath("pulled")}:1");
        Assert.Equal(merged.Text("Digest"), _engine.Layout("pulled").GetDigest("1"));
    }

    [Fact]
    public void Merge_WhatIf_WritesNothing()
    {
        CreateImages();

        Assert.Empty(_engine.Run("Merge-OciManifestList oci:images:amd64, oci:images:arm64 -Destination oci:out:1 -WhatIf"));

        string images = $"oci:{_engine.GetPath("images")}";
        Assert.Equal(
            $"What if: Performing the operation \"Write an index of 2 images: '{images}:amd64', '{images}:arm64'\" on target "
                + $"\"oci:{_engine.GetPath("out")}:1\".", _engine.Host.Lines[0]);
        Assert.False(_engine.Layout("out").Exists);
    }

    private static string FindTag(LayoutImages images, string digest) =>
        new[] { "amd64", "arm64", "windows" }.Single(tag => LayoutImages.GetTagDigest(images.Folder, tag) == digest);
}
