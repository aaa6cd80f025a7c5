// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;

namespace OciPS.Core.Tests.Copying;

/// <summary>Indexes and referrers where a place has room for one image, or where its path alone names one.</summary>
public sealed class NarrowDestinationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;

    public NarrowDestinationTests() => _images = new LayoutImages(_folder["in"]);

    public void Dispose() => _folder.Dispose();

    private string Tarball => _folder["out.tar"];

    [PeerFact("skopeo")]
    public async Task Copy_OnePlatformIntoADockerArchive_WritesThatImage()
    {
        TagIndex("1");

        await TestImages.CopyAsync(
            $"oci:{_folder["in"]}:1", $"docker-archive:{Tarball}:app:1", platforms: TestImages.Select("linux/arm/v7"));

        string config = Tool.RunText("skopeo", "inspect", "--config", $"docker-archive:{Tarball}");
        Assert.Contains("\"architecture\":\"arm\"", config.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copy_IndexIntoADockerArchive_IsRefusedBeforeAnythingIsWritten()
    {
        TagIndex("1");

        OciException error = await Assert.ThrowsAnyAsync<OciException>(
            () => TestImages.CopyAsync($"oci:{_folder["in"]}:1", $"docker-archive:{Tarball}"));

        Assert.Equal("InvalidDestination", error.ErrorId);
        Assert.Equal(Remedy.SelectOnePlatform, error.Remedy);
        Assert.Equal([_folder["in"]], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Resolve_PathOfALayoutWithReferrers_IsTheImage()
    {
        var image = _images.Image("linux/amd64", [_images.Layer(("a", "1"))]);
        string digest = _images.Tag("1", image);
        _images.Tag("r", _images.Artifact(subject: image));
        _images.Tag("sha256-" + digest["sha256:".Length..] + ".sig", _images.Artifact("application/vnd.signature"));

        Assert.Equal(digest, (await TestImages.ResolveAsync($"oci:{_folder["in"]}")).Digest.ToString());
    }

    [Fact]
    public async Task Open_IndexesThatListOneAnotherManyTimes_EndsInAnError()
    {
        var inner = _images.Image("linux/amd64", [_images.Layer(("a", "1"))]);
        for (int level = 0; level < 6; level++)
        {
            inner = _images.Index([.. Enumerable.Repeat(inner, 10)]);
        }

        _images.Tag("1", inner);

        OciException error = await Assert.ThrowsAnyAsync<OciException>(
            () => TestImages.CopyAsync($"oci:{_folder["in"]}:1", $"oci:{_folder["out"]}:1"));

        Assert.Equal("InvalidManifest", error.ErrorId);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    private void TagIndex(string tag) => _images.Tag(tag, _images.FourPlatforms());
}
