// SPDX-License-Identifier: MIT

using System.Text;
using System.Text.Json.Nodes;
using OciPS.Copying;
using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.Publishing;
using OciPS.References;

namespace OciPS.Core.Tests.Storage;

/// <summary>Images of a tarball that are named by their position, as containers/image does it (<c>docker-archive:PATH:@N</c>).</summary>
public sealed class TarballPositionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _configs;

    public TarballPositionTests() => _configs = Save(null, "app:1", null);

    private string Archive => $"docker-archive:{_folder["images.tar"]}";

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(":@0", 0)]
    [InlineData(":@1", 1)]
    [InlineData(":@2", 2)]
    [InlineData(":app:1", 1)]
    public async Task Resolve_PositionOrTag_IsThatImage(string name, int index)
    {
        ManifestContent manifest = await TestImages.ResolveAsync(Archive + name);

        Assert.Equal(_configs[index], (string?)JsonNode.Parse(manifest.Bytes.Span)!["config"]!["digest"]);
    }

    [PeerFact("skopeo")]
    public async Task Resolve_Position_IsTheImageThatSkopeoTakes()
    {
        foreach (int index in (int[])[0, 1, 2])
        {
            string config = Encoding.UTF8.GetString(Tool.Run("skopeo", "inspect", "--config", "--raw", $"{Archive}:@{index}"));

            Assert.Equal(
                LayoutImages.GetDigest(Encoding.UTF8.GetBytes(config)),
                (string?)JsonNode.Parse((await TestImages.ResolveAsync($"{Archive}:@{index}")).Bytes.Span)!["config"]!["digest"]);
        }
    }

    [Theory]
    [InlineData(":@3", "ManifestNotFound")]
    [InlineData(":@-1", "InvalidReference")]
    [InlineData(":@", "InvalidReference")]
    [InlineData(":@one", "InvalidReference")]
    [InlineData(":@ 1", "InvalidReference")]
    [InlineData(":@99999999999", "InvalidReference")]
    [InlineData("", "AmbiguousImage")]
    public async Task Resolve_NoSuchPosition_SaysSo(string name, string errorId)
    {
        OciException error = await Assert.ThrowsAnyAsync<OciException>(() => TestImages.ResolveAsync(Archive + name));

        Assert.Equal(errorId, error.ErrorId);
    }

    [Fact]
    public async Task Resolve_WithoutName_ListsTheTagsAndThePositionsOfWhatHasNone()
    {
        OciException error = await Assert.ThrowsAnyAsync<OciException>(() => TestImages.ResolveAsync(Archive));

        Assert.Contains("@0, app:1, @2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Position_ComesBackAndGoesWithAnotherTag()
    {
        ImageReference reference = ImageReference.Parse($"{Archive}:@2");

        Assert.Equal((2, null), (reference.SourceIndex, reference.Tag));
        Assert.Equal($"{Archive}:@2", reference.ToString());
        Assert.Equal(reference, ImageReference.Parse(reference.ToString()));
        Assert.Equal($"{Archive}:app:2", reference.WithTag("app:2").ToString());
        Assert.Equal(Archive, reference.WithTag(null).ToString());
    }

    [Fact]
    public async Task Copy_Position_ReadsItsLayers()
    {
        await TestImages.CopyAsync($"{Archive}:@2", $"oci:{_folder["out"]}:1");

        using SelectedImages picked = await TestImages.OpenAsync($"oci:{_folder["out"]}:1");
        var names = new List<string>();
        await foreach (ImageFile file in new FileLister(picked.Images[0], TestSession.Begin()).ListAsync(CancellationToken.None))
        {
            names.Add(file.Entry.Name);
        }

        Assert.Equal(["file2"], names);
    }

    [Fact]
    public void OpenDestination_Position_IsRefused()
    {
        var error = Assert.Throws<InvalidInputException>(
            () => StoreFactory.OpenDestination(ImageReference.Parse($"docker-archive:{_folder["new.tar"]}:@0"), TestSession.Begin()));

        Assert.Equal("InvalidDestination", error.ErrorId);
    }

    [Theory]
    [InlineData("@1", 1)]
    [InlineData("@2", 2)]
    [InlineData("app:1", 1)]
    [InlineData("docker.io/library/app:1", 1)]
    public async Task Publish_OneOfSeveral_IsThatImage(string name, int index)
    {
        IReadOnlyList<PublishedImage> images = await new ArchivePublisher(_folder["images.tar"], name, TestSession.Begin())
            .PublishAsync([ImageReference.Parse($"oci:{_folder["out"]}:1")], null, CancellationToken.None);

        Assert.Equal(_configs[index], (string?)JsonNode.Parse(Assert.Single(images).Manifest.Bytes.Span)!["config"]!["digest"]);
    }

    /// <summary>Writes images under these names; gives their configs' digests.</summary>
    private string[] Save(params string?[] tags)
    {
        var tar = new TarBuilder();
        var manifest = new JsonArray();
        var configs = new List<string>();
        for (int index = 0; index < tags.Length; index++)
        {
            byte[] layer = new TarBuilder().Add($"file{index}", Sample.Text(100 + index)).ToBytes();
            byte[] config = Encoding.UTF8.GetBytes(
                $$$"""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:{{{Sample.Hash(layer)}}}"]}"""
                    + $$$""","history":[{"created_by":"{{{index}}}"}]}""");
            string name = Sample.Hash(config);
            tar.Add(name + ".json", config).Add($"{name}/layer.tar", layer);
            manifest.Add(new JsonObject
            {
                ["Config"] = name + ".json",
                ["RepoTags"] = tags[index] is { } tag ? new JsonArray(tag) : null,
                ["Layers"] = new JsonArray($"{name}/layer.tar"),
            });
            configs.Add("sha256:" + name);
        }

        tar.Add("manifest.json", Encoding.UTF8.GetBytes(manifest.ToJsonString()));
        File.WriteAllBytes(_folder["images.tar"], tar.ToBytes());
        return [.. configs];
    }
}
