// SPDX-License-Identifier: MIT

using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using OciPS.Copying;
using OciPS.Core.Tests.Registry;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Copying;

/// <summary>Images that are named by their SHA-512, or have parts that are.</summary>
public sealed class Sha512Tests : RegistryTestBase, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;

    public Sha512Tests() => _images = new LayoutImages(_folder["in"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("registry")]
    [InlineData("oci")]
    [InlineData("oci-archive")]
    [InlineData("dir")]
    public async Task Copy_PartsWithSha512_KeepsTheirDigests(string kind)
    {
        string digest = ImageKinds.Write(_images, ImageKinds.Sha512, "1");
        ImageParts source = ImageParts.FromLayout(_images.Folder, digest);
        string place = Place(kind) + (kind == "dir" ? string.Empty : ":1");

        await TestImages.CopyAsync($"oci:{_images.Folder}:1", place);
        await TestImages.CopyAsync(place, $"oci:{_folder["back"]}:1");

        Assert.Contains(source.Digests, part => part.StartsWith("sha512:", StringComparison.Ordinal));
        Assert.Equal(source.Digests, ImageParts.FromLayout(_folder["back"], digest).Digests);
        Assert.All(source.Digests.Where(_ => kind == "registry"), part => Assert.True(
            Registry.Content.FindBlob("team/app", part) is not null || Registry.Content.FindManifest("team/app", part) is not null, part));
    }

    [Theory]
    [InlineData("registry")]
    [InlineData("oci")]
    [InlineData("oci-archive")]
    public async Task Copy_ToASha512_PutsTheManifestUnderIt(string kind)
    {
        string digest = ImageKinds.Write(_images, ImageKinds.OciImage, "1");
        string sha512 = GetSha512(_images.Blob(digest));
        string place = $"{Place(kind)}@{sha512}";

        PublishedImage copy = await TestImages.CopyAsync($"oci:{_images.Folder}:1", place);
        ManifestContent found = await TestImages.ResolveAsync(place);

        Assert.Equal((sha512, false), (copy.Manifest.Digest.ToString(), copy.Changed));
        Assert.Equal(sha512, copy.Reference.Digest.ToString());
        Assert.Equal(sha512, found.Digest.ToString());
        Assert.Equal(_images.Blob(digest), found.Bytes.ToArray());
        Assert.True(kind != "oci" || File.Exists(_folder[$"out/blobs/sha512/{sha512[7..]}"]));
        Assert.True(kind != "registry" || Registry.Content.FindManifest("team/app", sha512) is not null);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Copy_DiffIdInSha512ToATarball_IsCheckedWithIt(bool isRight)
    {
        JsonObject source = _images.Image("linux/amd64", [_images.Layer(("bin/app", "long digests"))]);
        JsonObject manifest = _images.Json(LayoutImages.Digest(source));
        JsonObject config = _images.Json(LayoutImages.Digest(manifest["config"]!.AsObject()));
        byte[] layer = _images.Blob(LayoutImages.Digest(manifest["layers"]![0]!.AsObject()));
        using var tar = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(layer), CompressionMode.Decompress))
        {
            gzip.CopyTo(tar);
        }

        config["rootfs"]!["diff_ids"] = new JsonArray(GetSha512(isRight ? tar.ToArray() : layer));
        manifest["config"] = _images.Put(config, LayoutImages.ConfigType);
        _images.Tag("1", _images.Put(manifest, LayoutImages.ManifestType));

        Exception? error = await Record.ExceptionAsync(
            () => TestImages.CopyAsync($"oci:{_images.Folder}:1", $"docker-archive:{_folder["out.tar"]}"));

        Assert.Equal(isRight ? null : ErrorIds.DiffIdMismatch, (error as OciException)?.ErrorId);
    }

    [Fact]
    public async Task Copy_ToATagWithItsSha512_KnowsThatItIsThereTheSecondTime()
    {
        string sha512 = GetSha512(_images.Blob(ImageKinds.Write(_images, ImageKinds.OciImage, "1")));

        PublishedImage first = await TestImages.CopyAsync($"oci:{_images.Folder}:1", $"{Host}/team/app:1@{sha512}");
        PublishedImage second = await TestImages.CopyAsync($"oci:{_images.Folder}:1", $"{Host}/team/app:1@{sha512}");

        Assert.Equal((TagChange.Created, TagChange.Unchanged), (first.Written, second.Written));
        Assert.Equal(["1"], Registry.Content.TagsIn("team/app"));
    }

    [Fact]
    public async Task Copy_ToAnotherSha512_TagsNothing()
    {
        string sha512 = GetSha512(_images.Blob(ImageKinds.Write(_images, ImageKinds.OciImage, "1")));
        string other = GetSha512("other"u8.ToArray());

        OciException error = await GetErrorAsync(() => TestImages.CopyAsync($"oci:{_images.Folder}:1", $"{Host}/team/app:1@{other}"));

        Assert.Equal("DigestMismatch", error.ErrorId);
        Assert.Contains(sha512, error.Message, StringComparison.Ordinal);
        Assert.Empty(Registry.Content.TagsIn("team/app"));
    }

    [Fact]
    public async Task Resolve_Sha512OfAnotherManifest_IsDigestMismatch()
    {
        string digest = ImageKinds.Write(_images, ImageKinds.OciImage, "1");
        string sha512 = GetSha512(_images.Blob(digest));
        await TestImages.CopyAsync($"oci:{_images.Folder}:1", $"{Host}/team/app@{sha512}");
        Registry.Content.Corrupt(
            "team/app", sha512, new RegistryContent.StoredManifest([.. _images.Blob(digest), (byte)'\n'], LayoutImages.ManifestType));

        OciException error = await GetErrorAsync(() => TestImages.ResolveAsync($"{Host}/team/app@{sha512}"));

        Assert.Equal("DigestMismatch", error.ErrorId);
    }

    // Distribution specification, "Referrers Tag Schema", the table of examples.
    [Theory]
    [InlineData("sha256", 64)]
    [InlineData("sha512", 128)]
    public void FallbackTag_Digest_HasNoMoreThan64Digits(string algorithm, int digits) => Assert.Equal(
        $"{algorithm}-{new string('a', 64)}", ReferrerIndex.FallbackTag(Digest.Parse($"{algorithm}:{new string('a', digits)}")));

    private static string GetSha512(byte[] bytes) => "sha512:" + Convert.ToHexStringLower(SHA512.HashData(bytes));

    private string Place(string kind) => kind switch
    {
        "registry" => $"{Host}/team/app",
        "oci-archive" => $"oci-archive:{_folder["out.tar"]}",
        _ => $"{kind}:{_folder["out"]}",
    };
}
