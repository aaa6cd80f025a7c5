// SPDX-License-Identifier: MIT

using OciPS.Copying;
using OciPS.Core.Tests.Support;

namespace OciPS.Core.Tests.Storage;

/// <summary>One tag on two images, and documents that begin with a byte order mark.</summary>
public sealed class AmbiguousTagTests : IDisposable
{
    private static readonly byte[] s_mark = [0xEF, 0xBB, 0xBF];

    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;

    public AmbiguousTagTests() => _images = new LayoutImages(_folder["in"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("oci")]
    [InlineData("oci-archive")]
    public async Task Resolve_TagOnTwoImages_IsErrorThatNamesBoth(string transport)
    {
        string[] digests = [_images.Tag("1", _images.Image("linux/amd64", [])), _images.Tag("1", _images.Image("linux/arm64", []))];
        string place = transport == "oci" ? $"oci:{_images.Folder}" : $"oci-archive:{_folder["a.tar"]}";
        if (transport == "oci-archive")
        {
            Tool.RunIn(_images.Folder, "tar", "--create", "--file", _folder["a.tar"], ".");
        }

        var error = await Assert.ThrowsAsync<InvalidInputException>(() => StoreCopy.ReadAllAsync(place + ":1"));

        Assert.Equal("AmbiguousImage", error.ErrorId);
        Assert.All(digests, digest => Assert.Contains(digest, error.Message, StringComparison.Ordinal));
        Assert.Equal(digests[0], await StoreCopy.ReadAllAsync($"{place}@{digests[0]}"));
    }

    [Fact]
    public async Task Resolve_TagTwiceOnOneImage_IsThatImage()
    {
        _images.Tag("1", _images.Image("linux/amd64", []));
        string digest = _images.Tag("1", _images.Image("linux/amd64", []));

        Assert.Equal(digest, await StoreCopy.ReadAllAsync($"oci:{_images.Folder}:1"));
    }

    [Fact]
    public async Task Write_TagOnTwoImages_LeavesOne()
    {
        _images.Tag("1", _images.Image("linux/amd64", []));
        _images.Tag("1", _images.Image("linux/arm64", []));
        string digest = _images.Tag("2", _images.Image("linux/s390x", []));

        await StoreCopy.RunAsync($"oci:{_images.Folder}:2", $"oci:{_images.Folder}:1");

        Assert.Equal(digest, LayoutImages.GetTagDigest(_images.Folder, "1"));
    }

    [Fact]
    public async Task Resolve_NameOnTwoImagesOfATarball_IsErrorThatNamesBoth()
    {
        string manifest = """[{"Config":"1.json","RepoTags":["app:1"],"Layers":[]},{"Config":"2.json","RepoTags":["app:1"],"Layers":[]}]""";
        _folder.Write("two.tar", new TarBuilder().Add("manifest.json", Json.Bytes(manifest))
            .Add("1.json", Json.Bytes("{}"))
            .Add("2.json", Json.Bytes("{ }"))
            .ToBytes());

        var error = await Assert.ThrowsAsync<InvalidInputException>(
            () => StoreCopy.ReadAllAsync($"docker-archive:{_folder["two.tar"]}:app:1"));

        Assert.Equal("AmbiguousImage", error.ErrorId);
        Assert.Contains("'1.json', '2.json'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_DocumentsWithAByteOrderMark_AreReadAsWithout()
    {
        System.Text.Json.Nodes.JsonObject config = _images.Put(
            [.. s_mark, .. Json.Bytes("""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}""")],
            LayoutImages.ConfigType);
        string digest = _images.Tag("1", _images.Put(
            [.. s_mark, .. Json.Bytes(LayoutImages.Manifest(config, []).ToJsonString())], LayoutImages.ManifestType));
        string index = Path.Combine(_images.Folder, "index.json");
        File.WriteAllBytes(index, [.. s_mark, .. File.ReadAllBytes(index)]);

        PublishedImage copy = await TestImages.CopyAsync($"oci:{_images.Folder}:1", $"oci:{_images.Folder}:2");

        Assert.Equal(digest, copy.Manifest.Digest.ToString());
        Assert.Equal(["1", "2"], await StoreCopy.TagsAsync($"oci:{_images.Folder}"));
    }

    [Fact]
    public void PadHistory_ConfigWithAByteOrderMark_IsPaddedInItsPlace()
    {
        byte[] padded = Pad([.. s_mark, .. Json.Bytes("""{"history":[{"created_by":"x"}],"os":"linux"}""")], 2);

        Assert.Equal([.. s_mark, .. Json.Bytes("""{"history":[{"created_by":"x"},{"created_by":"x"}],"os":"linux"}""")], padded);
    }

    private static byte[] Pad(byte[] config, int layers) => OciPS.Manifests.ConfigEditor.PadHistory(config, layers, "The config").ToArray();
}
