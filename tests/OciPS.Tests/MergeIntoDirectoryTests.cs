// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>A manifest list over the image in a directory, judged by its bytes, skopeo and a real registry.</summary>
public sealed class MergeIntoDirectoryTests(DockerRegistry registry) : IClassFixture<DockerRegistry>, IDisposable
{
    private const string Merge = "Merge-OciManifestList -ManifestList list.json -ImageDirectory image";

    private readonly Engine _engine = new();

    public void Dispose() => _engine.Dispose();

    private string ImageFile(string name) => _engine.GetPath(Path.Combine("image", name));

    private string List => _engine.GetPath("list.json");

    [Theory]
    [InlineData(LayoutImages.IndexType, true)]
    [InlineData(LayoutImages.DockerListType, true)]
    [InlineData(LayoutImages.IndexType, false)]
    public void Merge_ListThatNamesTheImage_TakesItsPlaceToTheByte(string type, bool saysItsType)
    {
        string image = Prepare(type, saysItsType);
        byte[] before = File.ReadAllBytes(ImageFile("manifest.json"));

        PSObject merged = Assert.Single(_engine.Run(Merge));
        string[] once = Snapshot();
        PSObject again = Assert.Single(_engine.Run(Merge));

        Assert.Equal(File.ReadAllBytes(List), File.ReadAllBytes(ImageFile("manifest.json")));
        Assert.Equal(before, File.ReadAllBytes(ImageFile($"{image["sha256:".Length..]}.manifest.json")));
        Assert.Equal(true, merged.Value("Changed"));
        Assert.Equal(LayoutImages.GetDigest(File.ReadAllBytes(List)), merged.Text("Digest"));
        Assert.Equal("dir:" + _engine.GetPath("image"), merged.Text("Reference"));
        Assert.Contains(image, merged.List("Manifests").Texts("Digest"));
        Assert.Equal(false, again.Value("Changed"));
        Assert.Equal(once, Snapshot());
    }

    [PeerFact("skopeo")]
    public void Merge_SignedSchema1_IsNamedByTheDigestOfWhatWasSigned()
    {
        Prepare();
        Directory.Delete(_engine.GetPath("image"), recursive: true);
        Tool.Run("skopeo", "copy", "--format", "v2s1", $"oci:{_engine.GetPath("images")}:one", $"dir:{_engine.GetPath("image")}");
        byte[] signed = File.ReadAllBytes(ImageFile("manifest.json"));
        string digest = Tool.RunText("skopeo", "manifest-digest", ImageFile("manifest.json")).Trim();
        Assert.NotEqual(LayoutImages.GetDigest(signed), digest);
        File.WriteAllText(
            List,
            $$$"""{"schemaVersion":2,"mediaType":"{{{LayoutImages.DockerListType}}}","manifests":[{"mediaType":"application/"""
                + $$$"""vnd.docker.distribution.manifest.v1+prettyjws","size":{{{signed.Length}}}"""
                + $$$""","digest":"{{{digest}}}","platform":{"os":"linux","architecture":"amd64"} }]}""");

        Assert.Equal(true, Assert.Single(_engine.Run(Merge)).Value("Changed"));

        Assert.Equal(signed, File.ReadAllBytes(ImageFile($"{digest["sha256:".Length..]}.manifest.json")));
    }

    [Fact]
    public void Merge_Signatures_FollowTheirImage()
    {
        string image = Prepare();
        File.WriteAllText(ImageFile("signature-1"), "one");
        File.WriteAllText(ImageFile("signature-2"), "two");

        _engine.Run(Merge);

        Assert.Equal("one", File.ReadAllText(ImageFile($"{image["sha256:".Length..]}.signature-1")));
        Assert.Equal("two", File.ReadAllText(ImageFile($"{image["sha256:".Length..]}.signature-2")));
        Assert.False(File.Exists(ImageFile("signature-1")) || File.Exists(ImageFile("signature-2")));
    }

    [Fact]
    public void Merge_WhatIf_WritesNothing()
    {
        Prepare();
        string[] before = Snapshot();

        Assert.Empty(_engine.Run(Merge + " -WhatIf"));

        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public void Merge_ListOfOthers_IsErrorUnlessForced()
    {
        string image = Prepare();
        var others = new LayoutImages(_engine.GetPath("others"));
        JsonObject other = others.Index(others.Image("linux/s390x", [others.Layer(("b", "2"))]));
        File.WriteAllBytes(List, others.Blob(LayoutImages.Digest(other)));
        string[] before = Snapshot();

        Result result = _engine.Invoke(Merge);

        result.Error.ShouldBe("ListMismatch", ErrorCategory.InvalidArgument, "image");
        Assert.Contains(image, result.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, Snapshot());
        Assert.Equal(true, Assert.Single(_engine.Run(Merge + " -Force")).Value("Changed"));
        Assert.Equal(File.ReadAllBytes(List), File.ReadAllBytes(ImageFile("manifest.json")));
    }

    [Theory]
    [InlineData("{\"schemaVersion\":2}", "InvalidManifestList")]
    [InlineData("{\"schemaVersion\":2,\"config\":{},\"layers\":[]}", "InvalidManifestList")]
    [InlineData("no json", "InvalidManifest")]
    [InlineData("{\"schemaVersion\":2,\"manifests\":[{\"size\":1}]}", "InvalidManifest")]
    public void Merge_WhatIsNoList_IsError(string content, string errorId)
    {
        Prepare();
        File.WriteAllText(List, content);
        string[] before = Snapshot();

        _engine.Invoke(Merge + " -Force").Error.ShouldBe(errorId);

        Assert.Equal(before, Snapshot());
    }

    [Theory]
    [InlineData("Merge-OciManifestList -ManifestList gone.json -ImageDirectory image", "PathNotFound")]
    [InlineData("Merge-OciManifestList -ManifestList list.json -ImageDirectory gone", "PathNotFound")]
    [InlineData("Merge-OciManifestList -ManifestList list.json -ImageDirectory .", "InvalidLayout")]
    public void Merge_NothingThere_IsError(string script, string errorId)
    {
        Prepare();

        _engine.Invoke(script).Error.ShouldBe(errorId);
    }

    [PeerTheory("skopeo", "docker-registry")]
    [InlineData(true)]
    [InlineData(false)]
    public void Merge_AllImagesThere_IsPublishedUnderTheListsDigest(bool bySkopeo)
    {
        var images = new LayoutImages(_engine.GetPath("images"));
        JsonObject one = images.Image("linux/amd64", [images.Layer(("a", "1"))]);
        JsonObject two = images.Image("linux/arm64", [images.Layer(("a", "2"))]);
        images.Tag("one", one);
        images.Tag("two", two);
        JsonObject list = images.Index(one, two);
        File.WriteAllBytes(List, images.Blob(LayoutImages.Digest(list)));
        Tool.Run("skopeo", "copy", $"oci:{images.Folder}:one", $"dir:{_engine.GetPath("image")}");
        string repository = $"{registry.Host}/merged/{Guid.NewGuid():N}";
        _engine.Run("$null = " + Merge);
        // The list's other image, as a builder that has all of them puts it there.
        Tool.Run("skopeo", "copy", $"oci:{images.Folder}:two", $"dir:{_engine.GetPath("second")}");
        File.Move(_engine.GetPath("second/manifest.json"), ImageFile($"{LayoutImages.Digest(two)["sha256:".Length..]}.manifest.json"));
        foreach (string blob in Directory.GetFiles(_engine.GetPath("second"))
            .Where(path => !File.Exists(ImageFile(Path.GetFileName(path)))))
        {
            File.Move(blob, ImageFile(Path.GetFileName(blob)));
        }

        if (bySkopeo)
        {
            Tool.Run("skopeo", "copy", "--all", "--dest-tls-verify=false", $"dir:{_engine.GetPath("image")}", $"docker://{repository}:1");
        }
        else
        {
            _engine.Run("$null = Copy-OciImage dir:image $args[0]", repository + ":1");
        }

        foreach (string name in new[] { $":1", $"@{LayoutImages.Digest(list)}" })
        {
            byte[] raw = Tool.Run("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{repository}{name}");
            Assert.Equal(LayoutImages.Digest(list), LayoutImages.GetDigest(raw));
        }

        byte[] image = Tool.Run("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{repository}@{LayoutImages.Digest(one)}");
        Assert.Equal(images.Blob(LayoutImages.Digest(one)), image);
    }

    /// <summary>An image in a directory, and a list that names it and another; gives the image's digest.</summary>
    private string Prepare(string type = LayoutImages.IndexType, bool saysItsType = true)
    {
        bool docker = type == LayoutImages.DockerListType;
        var images = new LayoutImages(_engine.GetPath("images"));
        JsonObject layer = images.GetLayer(docker ? LayoutImages.DockerLayerType : LayoutImages.LayerType, ("a", "1"));
        JsonObject image = images.Image("linux/amd64", [layer], docker: docker);
        images.Tag("one", image);
        JsonObject list = images.Json(
            LayoutImages.Digest(images.IndexOf(type, image, images.Image("linux/arm64", [layer], docker: docker))));
        if (!saysItsType)
        {
            list.Remove("mediaType");
        }

        File.WriteAllText(List, list.ToJsonString());
        _engine.Run("$null = Copy-OciImage oci:images:one dir:image");
        return LayoutImages.Digest(image);
    }

    private string[] Snapshot() => _engine.Layout("image").Snapshot();
}
