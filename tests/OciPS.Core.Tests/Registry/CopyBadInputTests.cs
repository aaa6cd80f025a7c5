// SPDX-License-Identifier: MIT

using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using OciPS.Copying;
using OciPS.Core.Tests.Support;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry;

/// <summary>Registries that have lost or changed something: an error that names it, and the destination's tag as it was.</summary>
public sealed class CopyBadInputTests : RegistryTestBase, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;

    public CopyBadInputTests() => _images = new LayoutImages(_folder["in"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("config")]
    [InlineData("layer")]
    public async Task Copy_BlobIsLost_NamesIt(string what)
    {
        JsonObject image = _images.Image("linux/amd64", [_images.Layer(("bin/app", "app"))]);
        Push(image);
        JsonObject manifest = _images.Json(LayoutImages.Digest(image));
        string lost = (string)(what == "config" ? manifest["config"]! : manifest["layers"]![0]!)["digest"]!;
        Registry.Content.RemoveBlob("team/app", lost);

        await ExpectAsync("BlobNotFound", lost);
        await ExpectAtAsync($"{Host}/team/app:2", "BlobNotFound", lost);
        await ExpectAtAsync($"{Host}/mirror/app:2", "BlobNotFound", lost);
        Assert.Equal(["1"], Registry.Content.TagsIn("team/app").Concat(Registry.Content.TagsIn("mirror/app")));
    }

    [Fact]
    public async Task Copy_ConfigOfOneOfSeveralImagesIsLost_NamesIt()
    {
        JsonObject index = _images.FourPlatforms();
        Push(index);
        string lost = (string)_images.Json(
            (string)_images.Json(LayoutImages.Digest(index))["manifests"]![2]!["digest"]!)["config"]!["digest"]!;
        Registry.Content.RemoveBlob("team/app", lost);

        await ExpectAsync("BlobNotFound", lost);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Copy_IndexSaysAnotherSize_IsSizeMismatch(int difference)
    {
        JsonObject image = _images.Image("linux/amd64", []);
        image["size"] = (int)image["size"]! + difference;
        Push(_images.Index(image));

        await ExpectAsync("SizeMismatch", LayoutImages.Digest(image));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Copy_ManifestSaysAnotherSizeOfALayer_IsSizeMismatch(int difference)
    {
        JsonObject layer = _images.Layer(("bin/app", "app"));
        layer["size"] = (int)layer["size"]! + difference;
        Push(_images.Image("linux/amd64", [layer]));

        await ExpectAsync("SizeMismatch", LayoutImages.Digest(layer));
    }

    [Fact]
    public async Task Copy_OtherBytesForAnEntryOfTheIndex_IsDigestMismatchWithBothDigests()
    {
        JsonObject image = _images.Image("linux/amd64", []);
        JsonObject other = _images.Image("linux/arm64", []);
        Push(_images.Index(image));
        Registry.Content.Corrupt(
            "team/app",
            LayoutImages.Digest(image),
            new RegistryContent.StoredManifest(_images.Blob(LayoutImages.Digest(other)), LayoutImages.ManifestType));

        await ExpectAsync("DigestMismatch", LayoutImages.Digest(image), LayoutImages.GetDigest(_images.Blob(LayoutImages.Digest(other))));
    }

    [Fact]
    public async Task Copy_IndexThatTheRegistryGivesForItsOwnEntry_IsDigestMismatch()
    {
        JsonObject image = _images.Image("linux/amd64", []);
        JsonObject index = _images.Index(image);
        Push(index);
        Registry.Content.Corrupt(
            "team/app",
            LayoutImages.Digest(image),
            new RegistryContent.StoredManifest(_images.Blob(LayoutImages.Digest(index)), LayoutImages.IndexType));

        await ExpectAsync("DigestMismatch", LayoutImages.Digest(image), LayoutImages.Digest(index));
    }

    [Fact]
    public async Task Copy_OtherBytesForABlob_IsDigestMismatch()
    {
        JsonObject layer = _images.Layer(("bin/app", "app"));
        Push(_images.Image("linux/amd64", [layer]));
        Registry.Content.Corrupt("team/app", LayoutImages.Digest(layer), Sample.Flip(_images.Blob(LayoutImages.Digest(layer)), 8 * 5));

        await ExpectAsync("DigestMismatch", LayoutImages.Digest(layer));
    }

    [Fact]
    public async Task Copy_EndlessManifestInAnIndex_IsManifestTooLarge()
    {
        JsonObject image = _images.Image("linux/amd64", []);
        Push(_images.Index(image));
        Registry.Options.Intercept = async context =>
        {
            if (context.Request.Method != "GET"
                || !context.Request.Path.Value!.EndsWith(LayoutImages.Digest(image), StringComparison.Ordinal))
            {
                return false;
            }

            byte[] spaces = Encoding.ASCII.GetBytes(new string(' ', 64 * 1024));
            // Ends only when the reader leaves.
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(spaces, context.RequestAborted);
            }

            return true;
        };

        await ExpectAsync("ManifestTooLarge", LayoutImages.Digest(image));
    }

    [Fact]
    public async Task Copy_EndlessConfig_IsReadNoFurtherThanItsSize()
    {
        JsonObject image = _images.Image("linux/amd64", []);
        string config = (string)_images.Json(LayoutImages.Digest(image))["config"]!["digest"]!;
        Push(_images.Index(image));
        Registry.Content.Corrupt("team/app", config, new byte[8 * 1024 * 1024]);

        OciException error = await GetErrorAsync(
            () => TestImages.CopyAsync($"{Host}/team/app:1", $"oci:{_folder["out"]}:1", platforms: TestImages.Select("linux/amd64")));

        Assert.Contains(error.ErrorId, (string[])["SizeMismatch", "DigestMismatch"]);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Theory]
    [InlineData("sha512:")]
    [InlineData("sha384:")]
    [InlineData("md5:")]
    [InlineData("nonsense")]
    public async Task Copy_DigestHeaderInAnotherAlgorithm_IsNoMismatch(string prefix)
    {
        JsonObject index = _images.Index(_images.Image("linux/amd64", [_images.Layer(("bin/app", "app"))]));
        Push(index);
        Registry.Options.Intercept = context =>
        {
            string path = context.Request.Path.Value!;
            if (path.Contains("/manifests/", StringComparison.Ordinal))
            {
                string name = path.Split("/manifests/")[1];
                context.Response.OnStarting(() =>
                {
                    byte[] bytes = Registry.Content.FindManifest(
                        path.Contains("mirror", StringComparison.Ordinal) ? "mirror/app" : "team/app", name)?.Bytes ?? [];
                    context.Response.Headers["Docker-Content-Digest"] = prefix + (
                        prefix == "sha512:" ? Convert.ToHexStringLower(SHA512.HashData(bytes)) : "00");
                    return Task.CompletedTask;
                });
            }

            return Task.FromResult(false);
        };

        PublishedImage copy = await TestImages.CopyAsync($"{Host}/team/app:1", $"{Host}/mirror/app:1");

        Assert.False(copy.Changed);
        using var mirror = new RegistryPeer(Host, "mirror/app");
        Assert.Equal(ImageParts.FromLayout(_images.Folder, LayoutImages.Digest(index)).Digests, mirror.Parts("1").Digests);
    }

    [Fact]
    public async Task Copy_Sha512HeaderThatIsWrong_IsDigestMismatch()
    {
        Push(_images.Image("linux/amd64", []));
        string wrong = "sha512:" + new string('0', 128);
        Registry.Options.Intercept = context =>
        {
            if (context.Request.Path.Value!.Contains("team/app/manifests/", StringComparison.Ordinal))
            {
                context.Response.OnStarting(() =>
                {
                    context.Response.Headers["Docker-Content-Digest"] = wrong;
                    return Task.CompletedTask;
                });
            }

            return Task.FromResult(false);
        };

        await ExpectAsync("DigestMismatch", wrong);
    }

    [Fact]
    public async Task Copy_MissingManifest_IsManifestNotFoundUnlessItIsFilteredOut()
    {
        JsonObject amd64 = _images.Image("linux/amd64", []);
        JsonObject arm = _images.Image("linux/arm/v7", []);
        using var peer = new RegistryPeer(Host, "team/app");
        peer.Push(_images.Folder, LayoutImages.Digest(amd64), LayoutImages.Digest(amd64));
        peer.Put("1", _images.Blob(LayoutImages.Digest(_images.Index(amd64, arm))), LayoutImages.IndexType);

        await ExpectAsync("ManifestNotFound", LayoutImages.Digest(arm));
        await TestImages.CopyAsync($"{Host}/team/app:1", $"{Host}/mirror/app:1", platforms: TestImages.Select("linux/amd64"));

        using var mirror = new RegistryPeer(Host, "mirror/app");
        Assert.Contains(LayoutImages.Digest(amd64), mirror.Parts("1").Digests);
    }

    [Fact]
    public async Task Copy_DestinationIsDamaged_IsReplaced()
    {
        JsonObject image = _images.Image("linux/amd64", []);
        Push(image);
        Registry.Content.PutManifest("mirror/app", "1", "<html>"u8.ToArray(), "text/html");

        PublishedImage copy = await TestImages.CopyAsync($"{Host}/team/app:1", $"{Host}/mirror/app:1");

        Assert.Equal(LayoutImages.Digest(image), copy.Manifest.Digest.ToString());
        Assert.Equal(LayoutImages.Digest(image), Registry.Content.FindManifest("mirror/app", "1")!.Digest);
    }

    private void Push(JsonObject descriptor)
    {
        using var peer = new RegistryPeer(Host, "team/app");
        peer.Push(_images.Folder, LayoutImages.Digest(descriptor), "1");
    }

    /// <summary>Copies into another registry and into a new layout: the same error, the tag as it was, and no layout.</summary>
    private async Task ExpectAsync(string errorId, params string[] named)
    {
        await using RegistryServer mirror = await RegistryServer.StartAsync();
        string before = mirror.Content.PutManifest(
            "mirror/app", "1", """{"schemaVersion":2,"manifests":[]}"""u8.ToArray(), LayoutImages.IndexType);

        await ExpectAtAsync($"{mirror.Host}/mirror/app:1", errorId, named);
        await ExpectAtAsync($"oci:{_folder["out"]}:1", errorId, named);

        Assert.Equal(before, mirror.Content.FindManifest("mirror/app", "1")!.Digest);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    private async Task ExpectAtAsync(string destination, string errorId, params string[] named)
    {
        OciException error = await GetErrorAsync(() => TestImages.CopyAsync($"{Host}/team/app:1", destination));

        Assert.Equal(errorId, error.ErrorId);
        Assert.All(named, name => Assert.Contains(name, error.Message, StringComparison.Ordinal));
    }
}
