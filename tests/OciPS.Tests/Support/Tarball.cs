// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;

namespace OciPS.Tests.Support;

/// <summary>Image tarballs as kaniko and several versions of <c>docker save</c> write them.</summary>
internal static class Tarball
{
    public static TarBuilder Kaniko(TestImage image, string repoTag = "example.com/app:1") =>
        Build(image, repoTag, "sha256:" + Hex(image.ConfigDigest), layer => Hex(layer.Digest) + ".tar.gz");

    /// <summary>Before Docker 25: a folder a layer.</summary>
    public static TarBuilder DockerSave(TestImage image) =>
        Build(image, "app:1", Hex(image.ConfigDigest) + ".json", layer => Hex(layer.Digest) + "/layer.tar");

    /// <summary>Since Docker 25: an OCI layout with a manifest.json.</summary>
    public static TarBuilder DockerSaveBlobs(TestImage image) =>
        Build(image, "app:1", "blobs/sha256/" + Hex(image.ConfigDigest), layer => "blobs/sha256/" + Hex(layer.Digest));

    public static TarBuilder WithManifest(this TarBuilder tar, params JsonNode?[] images) =>
        tar.File("manifest.json", new JsonArray(images).ToJsonString());

    public static JsonObject Entry(string config, string? repoTag, params string[] layers) => new()
    {
        ["Config"] = config,
        ["RepoTags"] = repoTag is null ? new JsonArray() : new JsonArray(repoTag),
        ["Layers"] = new JsonArray(layers.Select(layer => (JsonNode)layer).ToArray()),
    };

    public static string Hex(string digest) => digest["sha256:".Length..];

    private static TarBuilder Build(TestImage image, string repoTag, string config, Func<TestLayer, string> getName)
    {
        TarBuilder tar = new TarBuilder().File(config, image.Config);
        foreach (TestLayer layer in image.Layers.DistinctBy(getName))
        {
            tar.File(getName(layer), layer.Blob);
        }

        return tar.WithManifest(Entry(config, repoTag, image.Layers.Select(getName).ToArray()));
    }

    public static void Save(this TarBuilder tar, string path) => File.WriteAllBytes(path, tar.ToBytes());
}
