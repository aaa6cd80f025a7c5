// SPDX-License-Identifier: MIT

using System.Text;
using System.Text.Json.Nodes;
using OciPS.Copying;
using OciPS.Core.Tests.Support;
using OciPS.Images;

namespace OciPS.Core.Tests.Copying;

/// <summary>Documents that cannot be what they say: an error that names the matter, and nothing written.</summary>
public sealed class CopyBadLayoutTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;

    public CopyBadLayoutTests() => _images = new LayoutImages(_folder["in"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Copy_UnknownMediaType_IsUnsupportedMediaTypeWithTheType()
    {
        const string Type = "application/vnd.example.thing.v9+json";
        _images.Tag("1", _images.Put(new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = Type }, Type));

        await ExpectAsync("UnsupportedMediaType", $"'{Type}'");
    }

    [Fact]
    public async Task Copy_NoMediaTypeAndNoShape_IsUnsupportedMediaType()
    {
        JsonObject thing = _images.Put(new JsonObject { ["schemaVersion"] = 2 }, "text/plain");
        _images.Tag("1", thing);

        await ExpectAsync("UnsupportedMediaType", LayoutImages.Digest(thing));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task Copy_IndexesNestedUpToEight_AreCopiedAsTheyAre(int depth)
    {
        string digest = _images.Tag("1", Nest(depth));

        PublishedImage copy = await CopyAsync();

        Assert.Equal(digest, copy.Manifest.Digest.ToString());
        Assert.Equal(ImageParts.FromLayout(_images.Folder, digest).Digests, ImageParts.FromLayout(_folder["out"], digest).Digests);
        // As many indexes, and one image with its config.
        Assert.Equal(depth + 2, Directory.GetFiles(_folder["out/blobs/sha256"]).Length);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(30)]
    public async Task Copy_IndexesNestedDeeper_IsInvalidManifest(int depth)
    {
        _images.Tag("1", Nest(depth));

        await ExpectAsync("InvalidManifest", "nested deeper than 8");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Copy_IndexSaysAnotherSize_IsSizeMismatch(bool nested)
    {
        JsonObject image = nested ? _images.Index(_images.Image("linux/amd64", [])) : _images.Image("linux/amd64", []);
        image["size"] = (int)image["size"]! + 1;
        _images.Tag("1", _images.Index(image));

        await ExpectAsync("SizeMismatch", LayoutImages.Digest(image));
    }

    [Theory]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("sha384:38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b")]
    [InlineData("sha256:ABCDEF")]
    public async Task Copy_DigestThatCannotBeChecked_IsUnsupportedDigest(string digest)
    {
        JsonObject layer = _images.Layer(("bin/app", "app"));
        layer["digest"] = digest;
        _images.Tag("1", _images.Image("linux/amd64", [layer]));
        await ExpectAsync("UnsupportedDigest", digest);

        JsonObject image = _images.Image("linux/amd64", []);
        image["digest"] = digest;
        _images.Tag("2", _images.Index(image));
        await ExpectAsync("UnsupportedDigest", digest, tag: "2");
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Copy_ManifestOfFourMebibytes_IsTheMost(int more, bool works)
    {
        JsonObject image = Pad(_images.Image("linux/amd64", []), (4 * 1024 * 1024) + more);
        string digest = _images.Tag("1", image);
        _images.Tag("2", _images.Index(image));

        if (works)
        {
            Assert.Equal(digest, (await CopyAsync("1")).Manifest.Digest.ToString());
            await CopyAsync("2");
        }
        else
        {
            await ExpectAsync("ManifestTooLarge", "4194305", tag: "1");
            await ExpectAsync("ManifestTooLarge", "4194305", tag: "2");
        }
    }

    [Fact]
    public async Task Copy_ConfigThatHasToBeReadOfMoreThan64Mebibytes_IsManifestTooLarge()
    {
        JsonObject image = _images.Image("linux/amd64", [], change: manifest => manifest["config"]!["size"] = (64 * 1024 * 1024) + 1);
        string config = (string)_images.Json(LayoutImages.Digest(image))["config"]!["digest"]!;
        using (FileStream sparse = File.OpenWrite(_images.BlobPath(config)))
        {
            sparse.SetLength((64 * 1024 * 1024) + 1);
        }

        _images.Tag("1", _images.Index(image));

        var error = await Assert.ThrowsAsync<InvalidContentException>(() => CopyAsync("1", TestImages.Select("linux/amd64")));

        Assert.Equal("ManifestTooLarge", error.ErrorId);
        Assert.Contains("67108865", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Theory]
    [InlineData("config")]
    [InlineData("layer")]
    public async Task Copy_BlobIsLost_NamesItAndLeavesTheTag(string what)
    {
        JsonObject image = _images.Image("linux/amd64", [_images.Layer(("bin/app", "app"))]);
        _images.Tag("1", image);
        JsonObject manifest = _images.Json(LayoutImages.Digest(image));
        string lost = (string)(what == "config" ? manifest["config"]! : manifest["layers"]![0]!)["digest"]!;
        File.Delete(_images.BlobPath(lost));
        var target = new LayoutImages(_folder["target"]);
        string before = ImageKinds.Write(target, ImageKinds.OciImage, "1");

        foreach (string destination in new[] { target.Folder, _images.Folder })
        {
            var error = await Assert.ThrowsAsync<ContentNotFoundException>(
                () => TestImages.CopyAsync($"oci:{_images.Folder}:1", $"oci:{destination}:{(destination == target.Folder ? 1 : 2)}"));

            Assert.Equal("BlobNotFound", error.ErrorId);
            Assert.Contains(lost, error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, LayoutImages.GetTagDigest(target.Folder, "1"));
        Assert.DoesNotContain("\"2\"", File.ReadAllText(Path.Combine(_images.Folder, "index.json")), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(target.Folder, ".ocips-*"));
        await ExpectAsync("BlobNotFound", lost);
    }

    [Fact]
    public async Task Copy_EmptyIndex_IsCopiedAndHasNoPlatform()
    {
        string digest = _images.Tag("1", _images.Index());

        var error = await Assert.ThrowsAsync<ContentNotFoundException>(() => CopyAsync("1", TestImages.Select("*/*")));
        PublishedImage copy = await CopyAsync();

        Assert.Equal("PlatformNotFound", error.ErrorId);
        Assert.EndsWith("It has: none.", error.Message, StringComparison.Ordinal);
        Assert.Equal(digest, copy.Manifest.Digest.ToString());
    }

    private JsonObject Nest(int depth)
    {
        JsonObject inner = _images.Image("linux/amd64", []);
        for (int i = 0; i < depth; i++)
        {
            inner = _images.Index(inner);
        }

        return inner;
    }

    private JsonObject Pad(JsonObject descriptor, int size) =>
        _images.Put(
            Encoding.UTF8.GetBytes(_images.Json(LayoutImages.Digest(descriptor)).ToJsonString().PadRight(size)), LayoutImages.ManifestType);

    private Task<PublishedImage> CopyAsync(string tag = "1", PlatformSelection? platforms = null) =>
        TestImages.CopyAsync($"oci:{_images.Folder}:{tag}", $"oci:{_folder["out"]}:1", platforms: platforms);

    private async Task ExpectAsync(string errorId, string named, string tag = "1")
    {
        OciException error = await Assert.ThrowsAnyAsync<OciException>(() => CopyAsync(tag));

        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }
}
