// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Copying;
using OciPS.Core.Tests.Support;
using OciPS.Images;
using OciPS.Manifests;

namespace OciPS.Core.Tests.Copying;

/// <summary>An index that lists three images, of which one is there.</summary>
public sealed class SparseIndexTests : IDisposable
{
    private static readonly PlatformSelection s_sparse = PlatformSelection.All with { KeepsMissing = true };

    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;
    private readonly string _digest;
    private readonly string _image;

    public SparseIndexTests()
    {
        _images = new LayoutImages(_folder["in"]);
        JsonObject amd64 = _images.Image("linux/amd64", [_images.Layer(("a", "amd64"))]);
        JsonObject[] others = [_images.Image(
            "linux/arm64", [_images.Layer(("a", "arm64"))]), _images.Image("linux/arm/v7", [_images.Layer(("a", "arm"))])];
        _digest = _images.Tag("1", _images.Index(amd64, others[0], others[1]));
        _image = LayoutImages.Digest(amd64);
        Array.ForEach(others, other => File.Delete(_images.BlobPath(LayoutImages.Digest(other))));
    }

    public void Dispose() => _folder.Dispose();

    private string Source => $"oci:{_images.Folder}:1";

    [Fact]
    public async Task Copy_WithoutSparse_IsErrorThatOffersSparse()
    {
        var error = await Assert.ThrowsAsync<ContentNotFoundException>(() => TestImages.CopyAsync(Source, $"oci:{_folder["out"]}:1"));

        Assert.Equal("ManifestNotFound", error.ErrorId);
        Assert.Equal(Remedy.SelectPlatformsOrCopySparse, error.Remedy);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [PeerTheory("skopeo")]
    [InlineData("oci:{0}:1")]
    [InlineData("oci-archive:{0}:1")]
    [InlineData("dir:{0}")]
    public async Task Copy_Sparse_KeepsTheIndexAndBringsWhatIsThere(string place)
    {
        string destination = place.Replace("{0}", _folder["out"], StringComparison.Ordinal);

        PublishedImage copy = await TestImages.CopyAsync(Source, destination, platforms: s_sparse);

        Assert.False(copy.Changed);
        Assert.Equal(_digest, LayoutImages.GetDigest(Tool.Run("skopeo", "inspect", "--raw", destination)));
        Tool.Run("skopeo", "--override-os", "linux", "--override-arch", "amd64", "copy", destination, $"oci:{_folder["back"]}:1");
        Assert.Equal(_image, LayoutImages.GetTagDigest(_folder["back"], "1"));
    }

    [Fact]
    public async Task Copy_SparseToATarball_IsInvalidDestination()
    {
        var error = await Assert.ThrowsAsync<InvalidInputException>(
            () => TestImages.CopyAsync(Source, $"docker-archive:{_folder["out"]}", platforms: s_sparse));

        Assert.Equal("InvalidDestination", error.ErrorId);
        Assert.False(File.Exists(_folder["out"]));
    }

    [Fact]
    public async Task Copy_SparseToAnotherFormat_IsConflictingParameters()
    {
        var options = new WriteOptions { Format = ManifestFormat.Docker, Attestations = AttestationRule.Follow };

        var error = await Assert.ThrowsAsync<InvalidInputException>(
            () => TestImages.CopyAsync(Source, $"oci:{_folder["out"]}:1", options, s_sparse));

        Assert.Equal("ConflictingParameters", error.ErrorId);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public async Task Copy_SparseWithNothingThere_IsManifestNotFound()
    {
        File.Delete(_images.BlobPath(_image));

        var error = await Assert.ThrowsAsync<ContentNotFoundException>(
            () => TestImages.CopyAsync(Source, $"oci:{_folder["out"]}:1", platforms: s_sparse));

        Assert.Equal("ManifestNotFound", error.ErrorId);
    }
}
