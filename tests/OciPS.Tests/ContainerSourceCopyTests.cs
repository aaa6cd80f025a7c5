// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Images that come with a manifest list, copied to every kind of place and read back with skopeo.</summary>
public sealed class ContainerSourceCopyTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly LayoutImages _images;
    private readonly string[] _digests;
    private readonly byte[] _list;

    public ContainerSourceCopyTests()
    {
        _images = new LayoutImages(_engine.GetPath("images"));
        JsonObject amd64 = _images.Image("linux/amd64", [_images.Layer(("a", "amd64"))]);
        JsonObject arm64 = _images.Image("linux/arm64", [_images.Layer(("a", "arm64"))]);
        _digests = [_images.Tag("amd64", amd64), _images.Tag("arm64", arm64)];
        _images.Tag("other", _images.Image("linux/amd64", [_images.Layer(("a", "other"))]));
        _list = _images.Blob(LayoutImages.Digest(_images.Index(amd64, arm64)));
        Directory.CreateDirectory(_engine.GetPath("stage/lists"));
        File.WriteAllBytes(_engine.GetPath("stage/lists/list"), _list);
        _engine.Run("$null = Copy-OciImage oci:images:amd64 dir:stage/amd64; $null = Copy-OciImage oci:images:arm64 dir:stage/arm64");
    }

    public void Dispose() => _engine.Dispose();

    public static TheoryData<string, string, bool> Places()
    {
        var places = new TheoryData<string, string, bool>();
        foreach (string place in new[] { "dir:out", "oci-archive:out:1", "oci-archive:out", "oci:out:1" })
        {
            foreach (string images in new[] { "amd64", "amd64 arm64" })
            {
                places.Add(place, images, false);
                places.Add(place, images, true);
            }
        }

        return places;
    }

    [PeerTheory("skopeo")]
    [MemberData(nameof(Places))]
    public void Copy_ImagesOfAList_AreThereWithIt(string place, string names, bool isThere)
    {
        string[] images = names.Split(' ');
        if (isThere)
        {
            _engine.Run($"Copy-OciImage oci:images:other {place.Replace(":1", ":other", StringComparison.Ordinal)}");
        }

        Result result = Copy(images, place);

        Assert.Empty(result.AllErrors.Select(error => error.ToString()));
        string list = LayoutImages.GetDigest(_list);
        Assert.Equal(images.Select(_ => list), result.Output.Select(image => image.Text("Digest")));
        Assert.Equal(list, LayoutImages.GetDigest(Tool.Run("skopeo", "inspect", "--raw", Full(place))));
        foreach (string image in images)
        {
            Assert.Equal(image, GetContent(place, image));
        }

        if (isThere && place.EndsWith(":1", StringComparison.Ordinal))
        {
            Assert.Equal("other", GetContent(place.Replace(":1", ":other", StringComparison.Ordinal), "amd64"));
        }

        string[] missing = images.Length == 1 ? [_digests[1]] : [];
        Assert.Equal(missing.Length, result.Warnings.Count);
        Assert.All(missing, digest => Assert.Contains(digest, result.Warnings[0], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("dir:out")]
    [InlineData("oci-archive:out:1")]
    [InlineData("oci:out:1")]
    public void Copy_OneImageWithSparse_SaysNothingOfTheOthers(string place)
    {
        Result result = Copy(["amd64"], place, "-Sparse");

        Assert.Empty(result.AllErrors);
        Assert.Single(result.Output);
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public void Copy_ToTagsOfItsOwnEach_AllHaveTheList()
    {
        Result result = Copy(["amd64", "arm64"], "oci-archive:out:$($_.Checksum)");

        Assert.Empty(result.AllErrors);
        Assert.Empty(result.Warnings);
        foreach (string image in new[] { "amd64", "arm64" })
        {
            Assert.Equal(
                LayoutImages.GetDigest(_list), Assert.Single(_engine.Run($"Get-OciManifest oci-archive:out:{image}")).Text("Digest"));
            Assert.Equal(image, Assert.Single(_engine.Run(
                $"Get-OciImageFile oci-archive:out:{image} -Platform linux/{image} | ForEach-Object {{ $_.ReadAllText() }}")).ToString());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Copy_ToATarballOfOneImage_IsErrorAndNothingChanges(bool isThere)
    {
        if (isThere)
        {
            _engine.Run("Copy-OciImage oci:images:other docker-archive:out");
        }

        byte[]? before = isThere ? File.ReadAllBytes(_engine.GetPath("out")) : null;

        Result result = Copy(["amd64"], "docker-archive:out");

        Assert.Empty(result.Output);
        result.Error.ShouldBe("InvalidDestination");
        Assert.Equal(before, isThere ? File.ReadAllBytes(_engine.GetPath("out")) : null);
        Assert.Equal(isThere, File.Exists(_engine.GetPath("out")));
    }

    [Theory]
    [InlineData("dir:out")]
    [InlineData("oci-archive:out:1")]
    [InlineData("oci:out:1")]
    public void Copy_ImageThatIsDamaged_IsErrorAndNothingStays(string place)
    {
        string layer = _engine.GetPath("stage/amd64/" + ((string)_images.Json(_digests[0])["layers"]![0]!["digest"]!)["sha256:".Length..]);
        byte[] bytes = File.ReadAllBytes(layer);
        bytes[^5] ^= 1;
        File.WriteAllBytes(layer, bytes);

        Result result = Copy(["amd64"], place);

        Assert.Empty(result.Output);
        result.Error.ShouldBe("DigestMismatch");
        Assert.False(Path.Exists(_engine.GetPath("out")));
    }

    private Result Copy(string[] images, string place, string more = "")
    {
        var archives = new JsonObject(
            images.Select(image => KeyValuePair.Create(image, (JsonNode?)new JsonObject { ["format"] = "dir", ["name"] = "app" })));
        string inputs = new JsonObject
        {
            ["images"] = new JsonObject { ["path"] = "stage", ["data"] = new JsonObject { ["archives"] = archives } },
            ["manifest-lists"] = new JsonObject
            {
                ["path"] = "stage/lists",
                ["data"] = new JsonObject { ["files"] = new JsonObject { ["list"] = new JsonObject() } },
            },
        }.ToJsonString();
        return _engine.Invoke($"$args[0] | Get-OciContainerSource | Copy-OciImage -Destination {{ \"{place}\" }} {more}", inputs);
    }

    private string Full(string place) => place.Replace(":out", ":" + _engine.GetPath("out"), StringComparison.Ordinal);

    /// <summary>The content of the image's file, as skopeo finds it for a platform.</summary>
    private string GetContent(string place, string architecture)
    {
        string copy = $"copy-{Guid.NewGuid():N}";
        Tool.Run(
            "skopeo", "--override-os", "linux", "--override-arch", architecture, "copy", Full(place), $"oci:{_engine.GetPath(copy)}:1");
        return _engine.Layout(copy).Entries("1").Single().Content;
    }
}
