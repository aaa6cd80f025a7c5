// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Copying;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;

namespace OciPS.Core.Tests.Copying;

/// <summary>Copies in the other family of media types, and copies with annotations.</summary>
public sealed class CopyFormatTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;
    private readonly RecordingLog _log = new();

    public CopyFormatTests() => _images = new LayoutImages(_folder["in"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("application/vnd.oci.image.layer.v1.tar", "application/vnd.docker.image.rootfs.diff.tar")]
    [InlineData("application/vnd.oci.image.layer.v1.tar+gzip", "application/vnd.docker.image.rootfs.diff.tar.gzip")]
    [InlineData("application/vnd.oci.image.layer.nondistributable.v1.tar", "application/vnd.docker.image.rootfs.foreign.diff.tar")]
    [InlineData(
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip")]
    [InlineData("application/vnd.example.layer", "application/vnd.example.layer")]
    public async Task Copy_ToDockerAndBack_MapsTypesAndKeepsDigests(string ociType, string dockerType)
    {
        JsonObject layer = _images.Layer(("bin/app", "app"));
        layer["mediaType"] = ociType;
        if (ociType.Contains("nondistributable", StringComparison.Ordinal))
        {
            layer["urls"] = new JsonArray("https://layers.example.com/one");
        }

        string source = _images.Tag("1", _images.Image("linux/amd64", [layer]));

        await CopyAsync("1", "docker", ManifestFormat.Docker);
        PublishedImage back = await CopyAsync("docker", "oci", ManifestFormat.Oci);

        JsonObject docker = Json("docker");
        Assert.Equal("application/vnd.docker.distribution.manifest.v2+json", (string)docker["mediaType"]!);
        Assert.Equal("application/vnd.docker.container.image.v1+json", (string)docker["config"]!["mediaType"]!);
        Assert.Equal(dockerType, (string)docker["layers"]![0]!["mediaType"]!);
        Assert.Equal(WithoutTypes(_images.Json(source)), WithoutTypes(docker));
        Assert.Equal(_images.Json(source).ToJsonString(), Json("oci").ToJsonString());
        Assert.Equal(LayoutImages.ManifestType, back.Manifest.MediaType);
    }

    [Fact]
    public async Task Copy_ForeignLayer_IsNotAskedFor()
    {
        JsonObject layer = _images.GetLayer("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", ("Windows/System32/x.dll", "x"));
        layer["urls"] = new JsonArray("https://layers.example.com/one");
        string digest = _images.Tag("1", _images.Image("windows/amd64:10.0.20348.1", [layer], docker: true));
        File.Delete(_images.BlobPath(LayoutImages.Digest(layer)));

        PublishedImage copy = await TestImages.CopyAsync($"oci:{_images.Folder}:1", $"oci:{_folder["out"]}:1");

        Assert.Equal(digest, copy.Manifest.Digest.ToString());
        Assert.Equal(2, Directory.GetFiles(_folder["out/blobs/sha256"]).Length);
    }

    [Fact]
    public async Task Copy_IndexToDocker_ConvertsTheListAndItsImagesAndFollowsWithAttestations()
    {
        string source = _images.Tag("1", _images.FourPlatforms());
        JsonArray before = _images.Json(source)["manifests"]!.AsArray();

        PublishedImage copy = await CopyAsync("1", "docker", ManifestFormat.Docker);

        JsonObject list = Json("docker");
        JsonArray after = list["manifests"]!.AsArray();
        Assert.Equal(LayoutImages.DockerListType, (string)list["mediaType"]!);
        Assert.True(copy.Changed);
        Assert.All(after.Take(4), entry => Assert.Equal(LayoutImages.DockerManifestType, (string)entry!["mediaType"]!));
        Assert.Equal(before.Select(entry => entry!["platform"]!.ToJsonString()), after.Select(entry => entry!["platform"]!.ToJsonString()));
        // Attestations have no form in Docker's words: they stay, and name the new images.
        Assert.Equal(before.Skip(4).Select(entry => (string)entry!["digest"]!), after.Skip(4).Select(entry => (string)entry!["digest"]!));
        Assert.Equal(
            after.Take(2).Select(entry => (string)entry!["digest"]!),
            after.Skip(4).Select(entry => (string)entry!["annotations"]!["vnd.docker.reference.digest"]!));
        Assert.All(
            after.Skip(4), entry => Assert.Equal("attestation-manifest", (string)entry!["annotations"]!["vnd.docker.reference.type"]!));
        Assert.Equal(2, _log.Warnings.Count(warning => warning.Contains("is listed for the changed image now", StringComparison.Ordinal)));
        ImageParts parts = ImageParts.FromLayout(_images.Folder, copy.Manifest.Digest.ToString());
        Assert.All(
            after,
            entry => Assert.Equal(parts.All.Single(part => part.Digest == (string)entry!["digest"]!).Bytes.Length, (int)entry!["size"]!));
    }

    [Theory]
    [InlineData(ImageKinds.FourPlatforms, ManifestFormat.Docker, ManifestFormat.Oci)]
    [InlineData(ImageKinds.NestedIndex, ManifestFormat.Docker, ManifestFormat.Oci)]
    [InlineData(ImageKinds.OciImage, ManifestFormat.Docker, ManifestFormat.Oci)]
    [InlineData(ImageKinds.DockerImage, ManifestFormat.Oci, ManifestFormat.Docker)]
    [InlineData(ImageKinds.DockerList, ManifestFormat.Oci, ManifestFormat.Docker)]
    internal async Task Copy_ThereAndBack_GivesTheSameDocuments(string kind, ManifestFormat there, ManifestFormat back)
    {
        string source = ImageKinds.Write(_images, kind, "1");

        PublishedImage first = await CopyAsync("1", "there", there);
        PublishedImage second = await CopyAsync("there", "back", back);

        Assert.True(first.Changed);
        Assert.NotEqual(Describe(source), Describe(first.Manifest.Digest.ToString()));
        Assert.Equal(Describe(source), Describe(second.Manifest.Digest.ToString()));
    }

    [Theory]
    [InlineData(ImageKinds.OciImage, ManifestFormat.Oci)]
    [InlineData(ImageKinds.FourPlatforms, ManifestFormat.Oci)]
    [InlineData(ImageKinds.DockerImage, ManifestFormat.Docker)]
    [InlineData(ImageKinds.DockerList, ManifestFormat.Docker)]
    [InlineData(ImageKinds.Artifact, ManifestFormat.Docker)]
    internal async Task Copy_FormatThatItHasOrThatIsNotForIt_ChangesNothing(string kind, ManifestFormat format)
    {
        string source = ImageKinds.Write(_images, kind, "1");

        PublishedImage copy = await CopyAsync("1", "2", format);

        Assert.Equal((source, false), (copy.Manifest.Digest.ToString(), copy.Changed));
        Assert.Empty(_log.Warnings);
    }

    [Theory]
    [InlineData(ImageKinds.DockerImage, null, true)]
    [InlineData(ImageKinds.DockerList, null, true)]
    [InlineData("mixed", null, true)]
    [InlineData(ImageKinds.DockerImage, ManifestFormat.Oci, false)]
    [InlineData(ImageKinds.OciImage, null, false)]
    [InlineData(ImageKinds.OciImage, ManifestFormat.Docker, true)]
    internal async Task Copy_IntoALayout_SaysInVerboseThatADockerManifestGoesThere(string kind, ManifestFormat? format, bool says)
    {
        if (kind == "mixed")
        {
            _images.Tag("1", _images.Index(_images.Image("linux/arm/v7", []), _images.Image("linux/amd64", [], docker: true)));
        }
        else
        {
            ImageKinds.Write(_images, kind, "1");
        }

        await CopyAsync("1", "2", format);

        Assert.Equal(says, _log.Messages.Any(message => message.Contains("Docker manifest", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Copy_Annotations_GoIntoTheIndexAndItsImagesButNotIntoAttestations()
    {
        string source = _images.Tag("1", _images.FourPlatforms());
        JsonArray before = _images.Json(source)["manifests"]!.AsArray();

        PublishedImage copy = await AnnotateAsync("1", "2", ("org.example.note", "<é>"));

        JsonObject index = Json("2");
        JsonArray after = index["manifests"]!.AsArray();
        Assert.True(copy.Changed);
        Assert.Equal("<é>", (string)index["annotations"]!["org.example.note"]!);
        Assert.All(
            after.Take(4),
            entry => Assert.Equal("<é>", (string)_images.Json((string)entry!["digest"]!)["annotations"]!["org.example.note"]!));
        Assert.Equal(before.Skip(4).Select(entry => (string)entry!["digest"]!), after.Skip(4).Select(entry => (string)entry!["digest"]!));
        Assert.Equal(
            after.Take(2).Select(entry => (string)entry!["digest"]!),
            after.Skip(4).Select(entry => (string)entry!["annotations"]!["vnd.docker.reference.digest"]!));
    }

    [Theory]
    [InlineData(ImageKinds.OciImage)]
    [InlineData(ImageKinds.FourPlatforms)]
    [InlineData(ImageKinds.NestedIndex)]
    [InlineData(ImageKinds.Artifact)]
    public async Task Copy_AnnotationsThatAreThere_ChangeNothing(string kind)
    {
        ImageKinds.Write(_images, kind, "1");
        PublishedImage first = await AnnotateAsync("1", "2", ("org.example.a", "1"), ("org.example.b", ""));

        PublishedImage second = await AnnotateAsync("2", "3", ("org.example.b", ""), ("org.example.a", "1"));

        Assert.True(first.Changed);
        Assert.Equal((first.Manifest.Digest, false), (second.Manifest.Digest, second.Changed));
    }

    [Fact]
    public async Task Copy_Annotations_AreMergedWithThoseThereAre()
    {
        _images.Tag("1", _images.Image("linux/amd64", [], change: manifest =>
            manifest["annotations"] = new JsonObject { ["org.example.kept"] = "yes", ["org.example.note"] = "old" }));

        await AnnotateAsync("1", "2", ("org.example.note", "new"));

        Assert.Equal("""{"org.example.kept":"yes","org.example.note":"new"}""", Json("2")["annotations"]!.ToJsonString());
    }

    private Task<PublishedImage> CopyAsync(string from, string to, ManifestFormat? format) => TestImages.CopyAsync(
        $"oci:{_images.Folder}:{from}",
        $"oci:{_images.Folder}:{to}",
        new WriteOptions { Format = format, Attestations = AttestationRule.Follow },
        log: _log);

    private Task<PublishedImage> AnnotateAsync(string from, string to, params (string Key, string Value)[] annotations) =>
        TestImages.CopyAsync(
        $"oci:{_images.Folder}:{from}",
        $"oci:{_images.Folder}:{to}",
        new WriteOptions
        {
            Annotations = annotations.ToDictionary(one => one.Key, one => one.Value),
            Attestations = AttestationRule.Follow,
        },
        log: _log);

    private JsonObject Json(string tag) => _images.Json(LayoutImages.GetTagDigest(_images.Folder, tag));

    /// <summary>An image's document; of an index its type, and the same of what it lists.</summary>
    private string Describe(string digest)
    {
        JsonObject json = _images.Json(digest);
        return json["manifests"] is JsonArray entries
            ? $"{json["mediaType"]} [{string.Join(", ", entries.Select(DescribeEntry))}]"
            : json.ToJsonString();
    }

    private string DescribeEntry(JsonNode? entry) =>
        $"{entry!["mediaType"]} {entry["platform"]?.ToJsonString()} {Describe((string)entry["digest"]!)}";

    private static string WithoutTypes(JsonObject manifest)
    {
        JsonObject rest = manifest.DeepClone().AsObject();
        foreach (JsonObject part in rest["layers"]!.AsArray().Append(rest["config"]).Append(rest).OfType<JsonObject>())
        {
            part.Remove("mediaType");
        }

        return rest.ToJsonString();
    }
}
