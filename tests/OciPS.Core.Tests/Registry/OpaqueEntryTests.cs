// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Copying;
using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Images;
using OciPS.Removal;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry;

/// <summary>
/// Entries of an index whose type nobody knows are ignored by readers and stay in copies (image specification, "Image Index").
/// </summary>
public sealed class OpaqueEntryTests : RegistryTestBase, IDisposable
{
    private const string CacheConfigType = "application/vnd.buildkit.cacheconfig.v0";
    private const string ArtifactManifestType = "application/vnd.oci.artifact.manifest.v1+json";

    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;
    private readonly RecordingLog _log = new();

    public OpaqueEntryTests() => _images = new LayoutImages(_folder["in"]);

    public static TheoryData<string, string> Places
    {
        get
        {
            string[] places = ["oci", "oci-archive", "dir", "registry"];
            var data = new TheoryData<string, string>();
            foreach (string source in places)
            {
                foreach (string destination in places)
                {
                    data.Add(source, destination);
                }
            }

            return data;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Copy_IndexWithEntriesOfUnknownTypes_TakesThemAlong(string from, string to)
    {
        JsonObject[] opaque = Opaque();
        JsonObject index = IndexWith(opaque);
        string digest = _images.Tag("1", index);

        await CopyAsync(Source(from, index, opaque), Destination(to));

        Assert.All(opaque, entry => Assert.Equal(_images.Blob(LayoutImages.Digest(entry)), Find(to, LayoutImages.Digest(entry))));
        Assert.Equal(digest, (await ResolveAsync(Destination(to))).Digest.ToString());
        Assert.Equal(["etc/secret.key", "bin/app"], await ListAsync(Destination(to), "linux/arm64"));
        Assert.Empty(_log.Warnings);
    }

    [Theory]
    [InlineData("linux/amd64")]
    [InlineData("*/*")]
    [InlineData(null)]
    public async Task Read_IndexWithEntriesOfUnknownTypes_DoesNotAskForThem(string? platform)
    {
        JsonObject[] opaque = Opaque();
        string source = Source("registry", IndexWith(opaque), opaque);

        Assert.NotEmpty(await ListAsync(source, platform is null ? [] : [platform]));

        Assert.DoesNotContain(
            Registry.Requests, request => opaque.Any(entry => request.Path.Contains(LayoutImages.Digest(entry), StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Read_PlatformOfAnEntryOfAnUnknownType_IsPlatformNotFound()
    {
        JsonObject strange = _images.Put("""{"a":1}"""u8.ToArray(), "application/vnd.strange.v1+json");
        strange["platform"] = new JsonObject { ["os"] = "linux", ["architecture"] = "riscv64" };
        _images.Tag("1", IndexWith(strange));

        OciException error = await GetErrorAsync(() => ListAsync(Source("oci"), "linux/riscv64"));

        Assert.Equal("PlatformNotFound", error.ErrorId);
    }

    [Fact]
    public async Task Copy_EntryThatIsNotThere_IsAnErrorUnlessPlatformsAreChosen()
    {
        JsonObject lost = _images.Put("""{"a":1}"""u8.ToArray(), "application/vnd.strange.v1+json");
        JsonObject index = IndexWith(lost);
        string source = Source("registry", index, []);
        // What Docker's registry answers for the digest of a blob.
        Registry.Options.Fault = (_, request) => request.Method == "HEAD"
            && request.Path.EndsWith("/manifests/" + LayoutImages.Digest(lost), StringComparison.Ordinal)
            ? RegistryFault.FromStatus(500)
            : null;

        OciException error = await GetErrorAsync(() => CopyAsync(source, $"oci:{_folder["out"]}:1"));
        await CopyAsync(source, $"oci:{_folder["some"]}:1", TestImages.Select("linux/amd64"));

        Assert.Equal("ManifestNotFound", error.ErrorId);
        Assert.Contains(LayoutImages.Digest(lost), error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
        string[] asked = [.. Registry.Requests.Where(request => request.Path.Contains(
            LayoutImages.Digest(lost), StringComparison.Ordinal)).Select(request => $"{request.Method} {request.Path}")];
        Assert.Equal(
            [$"HEAD /v2/team/app/blobs/{LayoutImages.Digest(lost)}", $"HEAD /v2/team/app/manifests/{LayoutImages.Digest(lost)}"], asked);
        Assert.Contains(LayoutImages.ManifestType, Registry.Requests.Last(request => request.Path.EndsWith(
            "/manifests/" + LayoutImages.Digest(lost), StringComparison.Ordinal)).Accept, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "MANIFEST_INVALID")]
    [InlineData(415, "UNSUPPORTED")]
    public async Task Copy_RegistryThatTakesNoSuchManifest_GetsABlob(int status, string code)
    {
        JsonObject artifact = ArtifactManifest();
        _images.Tag("1", IndexWith(artifact));
        Registry.Options.Fault = (_, request) => request.Method == "PUT"
            && request.Path.EndsWith("/manifests/" + LayoutImages.Digest(artifact), StringComparison.Ordinal)
            ? new RegistryFault("refused") { Status = status, Body = $$"""{"errors":[{"code":"{{code}}"}]}""" }
            : null;

        await CopyAsync(Source("oci"), Destination("registry"));

        Assert.Equal(_images.Blob(LayoutImages.Digest(artifact)), Registry.Content.FindBlob("mirror/app", LayoutImages.Digest(artifact)));
        Assert.Null(Registry.Content.FindManifest("mirror/app", LayoutImages.Digest(artifact)));
    }

    [Fact]
    public async Task Copy_ManifestOfAnUnknownType_StaysAManifestOfThatType()
    {
        JsonObject artifact = ArtifactManifest();
        string source = Source("registry", IndexWith(artifact), []);
        Registry.Content.PutManifest(
            "team/app", LayoutImages.Digest(artifact), _images.Blob(LayoutImages.Digest(artifact)), ArtifactManifestType);

        await CopyAsync(source, Destination("registry"));

        Assert.Equal(ArtifactManifestType, Registry.Content.FindManifest("mirror/app", LayoutImages.Digest(artifact))!.MediaType);
    }

    [Fact]
    public async Task Copy_EntryWhoseContentIsDamaged_IsAnErrorAndTagsNothing()
    {
        JsonObject[] opaque = Opaque();
        string source = Source("registry", IndexWith(opaque), opaque);
        string digest = LayoutImages.Digest(opaque[0]);
        Registry.Content.Corrupt("team/app", digest, new byte[_images.Blob(digest).Length]);

        OciException error = await GetErrorAsync(() => CopyAsync(source, $"oci:{_folder["out"]}:1"));

        Assert.Equal("DigestMismatch", error.ErrorId);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public async Task Remove_FromAnIndexWithEntriesOfUnknownTypes_KeepsThemAndWarns()
    {
        JsonObject[] opaque = Opaque();
        _images.Tag("1", IndexWith(opaque));

        RewrittenImage image = await TestImages.RemoveAsync(
            Source("oci"), Destination("oci"), FileSelection.ByPath(["etc/secret.key"], [], recurse: false), _log);

        Assert.True(image.Published.Changed);
        JsonArray entries = LayoutImages.Open(_folder["out"]).Json(LayoutImages.GetTagDigest(_folder["out"], "1"))["manifests"]!.AsArray();
        Assert.Equal(opaque.Select(entry => entry.ToJsonString()), entries.Skip(2).Select(entry => entry!.ToJsonString()));
        Assert.All(opaque, entry => Assert.Equal(_images.Blob(LayoutImages.Digest(entry)), Find("oci", LayoutImages.Digest(entry))));
        Assert.Contains(LayoutImages.Digest(opaque[0]), Assert.Single(_log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Archive_WithAnArtifactManifest_KeepsItsBlobsWhenItIsRewritten()
    {
        JsonObject artifact = ArtifactManifest();
        _images.Tag("1", IndexWith(artifact));
        _images.Tag("2", _images.Image("linux/amd64", [_images.Layer(("b", "B"))]));
        string archive = Source("oci-archive");

        await CopyAsync($"oci:{_folder["in"]}:2", archive[..^2] + ":3");

        Tool.Run("mkdir", _folder["out"]);
        Tool.Run("tar", "-xf", _folder["in.tar"], "-C", _folder["out"]);
        string blob = (string)_images.Json(LayoutImages.Digest(artifact))["blobs"]![0]!["digest"]!;
        Assert.Equal(_images.Blob(blob), File.ReadAllBytes(LayoutImages.Open(_folder["out"]).BlobPath(blob)));
    }

    private JsonObject ArtifactManifest()
    {
        JsonObject blob = _images.Put("""{"sbom":1}"""u8.ToArray(), "application/spdx+json");
        return _images.Put(new JsonObject
        {
            ["mediaType"] = ArtifactManifestType,
            ["artifactType"] = "application/x.sbom",
            ["blobs"] = new JsonArray(blob),
        }, ArtifactManifestType);
    }

    /// <summary>What BuildKit's caches list, and others' inventions.</summary>
    private JsonObject[] Opaque() =>
    [
        _images.Layer(("cache", "layer")),
        _images.Put("""{"layers":[]}"""u8.ToArray(), CacheConfigType),
        _images.Put("<a/>\n"u8.ToArray(), "application/xml"),
        _images.Put("""{"a":1}"""u8.ToArray(), "application/vnd.strange.v1+json"),
        _images.Put("no type that HTTP knows"u8.ToArray(), "strange type, indeed"),
    ];

    private JsonObject IndexWith(params JsonObject[] more)
    {
        JsonObject shared = _images.Layer(("etc/secret.key", "SECRET"));
        JsonObject Own(string platform) => _images.Image(platform, [shared, _images.Layer(("bin/app", platform))]);
        return _images.Index([Own("linux/amd64"), Own("linux/arm64"), .. more]);
    }

    private string Source(string kind, JsonObject? index = null, JsonObject[]? opaque = null)
    {
        switch (kind)
        {
            case "oci":
                return $"oci:{_folder["in"]}:1";
            case "oci-archive":
                Tool.Run("tar", "-cf", _folder["in.tar"], "-C", _folder["in"], ".");
                return $"oci-archive:{_folder["in.tar"]}:1";
            case "dir":
                return Folder(index!);
            default:
                return Push(index!, opaque!);
        }
    }

    /// <summary>As skopeo writes it: manifests by their digests with an ending, blobs without.</summary>
    private string Folder(JsonObject index)
    {
        Directory.CreateDirectory(_folder["dir"]);
        File.WriteAllText(_folder["dir/version"], "Directory Transport Version: 1.1\n");
        File.WriteAllBytes(_folder["dir/manifest.json"], _images.Blob(LayoutImages.Digest(index)));
        string[] manifests = [.. _images.Json(LayoutImages.Digest(index))["manifests"]!.AsArray().Where(
            entry => entry!["platform"] is not null).Select(entry => (string)entry!["digest"]!)];
        foreach (string path in Directory.GetFiles(Path.Combine(_folder["in"], "blobs", "sha256")))
        {
            string hex = Path.GetFileName(path);
            File.Copy(path, _folder[$"dir/{hex}{(manifests.Contains("sha256:" + hex) ? ".manifest.json" : "")}"]);
        }

        return $"dir:{_folder["dir"]}";
    }

    private string Push(JsonObject index, JsonObject[] opaque)
    {
        string digest = LayoutImages.Digest(index);
        foreach (JsonObject image in _images.Json(digest)["manifests"]!.AsArray().Select(entry => entry!.AsObject())
            .Where(entry => entry["platform"] is not null))
        {
            RegistryLayout.Push(Registry, "team/app", LayoutImages.Digest(image), _images, image);
        }

        foreach (JsonObject entry in opaque)
        {
            Registry.Content.PutBlob("team/app", _images.Blob(LayoutImages.Digest(entry)));
        }

        Registry.Content.PutManifest("team/app", "1", _images.Blob(digest), LayoutImages.IndexType);
        return $"{Host}/team/app:1";
    }

    private string Destination(string kind) => kind switch
    {
        "oci" => $"oci:{_folder["out"]}:1",
        "oci-archive" => $"oci-archive:{_folder["out.tar"]}:1",
        "dir" => $"dir:{_folder["copy"]}",
        _ => $"{Host}/mirror/app:1",
    };

    /// <summary>What the destination has under a digest, found without the module.</summary>
    private byte[]? Find(string kind, string digest)
    {
        string hex = digest["sha256:".Length..];
        if (kind == "oci-archive")
        {
            return Tool.Run("tar", "-xOf", _folder["out.tar"], $"blobs/sha256/{hex}");
        }

        return kind switch
        {
            "oci" => File.ReadAllBytes(LayoutImages.Open(_folder["out"]).BlobPath(digest)),
            "dir" => File.ReadAllBytes(File.Exists(_folder[$"copy/{hex}"]) ? _folder[$"copy/{hex}"] : _folder[$"copy/{hex}.manifest.json"]),
            _ => Registry.Content.FindBlob("mirror/app", digest) ?? Registry.Content.FindManifest("mirror/app", digest)?.Bytes,
        };
    }

    private Task<PublishedImage> CopyAsync(string source, string destination, PlatformSelection? platforms = null) =>
        TestImages.CopyAsync(source, destination, platforms: platforms, log: _log);

    private static async Task<List<string>> ListAsync(string reference, params string[] platforms)
    {
        using SelectedImages picked = await TestImages.OpenAsync(reference, platforms);
        var names = new List<string>();
        await foreach (ImageFile file in new FileLister(picked.Images[0], TestSession.Begin()).ListAsync(CancellationToken.None))
        {
            names.Add(file.Entry.Name);
        }

        return names;
    }
}
