// SPDX-License-Identifier: MIT

using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;

namespace OciPS.Tests.Support;

/// <summary>An entry of a layer, as .NET's own reader sees it.</summary>
internal sealed record LayerEntry(int Layer, string Name, TarEntryType Type, string LinkName, string Content, UnixFileMode Mode);

/// <summary>An OCI layout, written and read without the module.</summary>
internal sealed class Layout(string folder)
{
    private const string RefName = "org.opencontainers.image.ref.name";

    private string IndexPath => Path.Combine(folder, "index.json");

    /// <summary>The exact text that says what the tags are.</summary>
    public string Index => File.ReadAllText(IndexPath);

    public bool Exists => Path.Exists(folder);

    public string[] Tags =>
        JsonNode.Parse(Index)!["manifests"]!.AsArray().Select(entry => (string?)entry!["annotations"]?[RefName]).OfType<string>().ToArray();

    /// <summary>All that is in the folder, with its bytes' digest.</summary>
    public string[] Snapshot() => Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).Select(file => $"{file} {TestLayer.GetDigest(File.ReadAllBytes(file))}").ToArray();

    public string BlobPath(string digest) => Path.Combine(folder, "blobs", "sha256", digest["sha256:".Length..]);

    public string AddBlob(byte[] bytes)
    {
        string digest = TestLayer.GetDigest(bytes);
        Directory.CreateDirectory(Path.Combine(folder, "blobs", "sha256"));
        File.WriteAllBytes(BlobPath(digest), bytes);
        return digest;
    }

    /// <summary>Writes an image under a tag; gives its manifest's digest.</summary>
    public string Add(string tag, TestImage image, Action<JsonObject>? change = null)
    {
        var manifest = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.oci.image.manifest.v1+json",
            ["config"] = Describe("application/vnd.oci.image.config.v1+json", image.Config),
            ["layers"] = new JsonArray(image.Layers.Select(layer => (JsonNode)Describe(layer.MediaType, layer.Blob)).ToArray()),
            ["annotations"] = new JsonObject { ["org.example"] = "kept" },
        };
        change?.Invoke(manifest);
        return AddManifest(tag, manifest);
    }

    public string AddManifest(string tag, JsonObject manifest)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(manifest.ToJsonString());
        JsonObject entry = Describe((string)manifest["mediaType"]!, bytes);
        entry["annotations"] = new JsonObject { [RefName] = tag };
        JsonNode index = File.Exists(IndexPath)
            ? JsonNode.Parse(Index)!
            : new JsonObject { ["schemaVersion"] = 2, ["manifests"] = new JsonArray() };
        index["manifests"]!.AsArray().Add(entry);
        File.WriteAllText(IndexPath, index.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        return (string)entry["digest"]!;
    }

    public string GetDigest(string tag) =>
        (string)JsonNode.Parse(Index)!["manifests"]!.AsArray().Single(entry => (string?)entry!["annotations"]?[RefName] == tag)!["digest"]!;

    public JsonNode Manifest(string tag) => ReadJson(GetDigest(tag));

    public JsonNode Config(string tag) => ReadJson((string)Manifest(tag)["config"]!["digest"]!);

    public string[] LayerDigests(string tag) => Manifest(tag)["layers"]!.AsArray().Select(layer => (string)layer!["digest"]!).ToArray();

    /// <summary>All entries of all layers, after a check that manifest, config and blobs agree.</summary>
    public LayerEntry[] Entries(string tag)
    {
        var entries = new List<LayerEntry>();
        string[] diffIds = Config(tag)["rootfs"]!["diff_ids"]!.AsArray().Select(diffId => (string)diffId!).ToArray();
        string[] layers = LayerDigests(tag);
        Assert.Equal(layers.Length, diffIds.Length);
        for (int index = 0; index < layers.Length; index++)
        {
            byte[] blob = File.ReadAllBytes(BlobPath(layers[index]));
            Assert.Equal(layers[index], TestLayer.GetDigest(blob));
            byte[] tar = blob is [0x1f, 0x8b, ..] ? Decompress(blob) : blob;
            Assert.Equal(diffIds[index], TestLayer.GetDigest(tar));
            using var reader = new TarReader(new MemoryStream(tar));
            while (reader.GetNextEntry(copyData: true) is { } entry)
            {
                entries.Add(new LayerEntry(index, entry.Name, entry.EntryType, entry.LinkName, ReadAll(entry.DataStream), entry.Mode));
            }
        }

        return [.. entries];
    }

    public string[] Names(string tag) => Entries(tag).Select(entry => entry.Name).ToArray();

    /// <summary>Whether a text is anywhere in the image's decompressed layers.</summary>
    public bool Contains(string tag, string text) => LayerDigests(tag)
        .Select(digest => File.ReadAllBytes(BlobPath(digest)))
        .Any(blob => (blob is [0x1f, 0x8b, ..] ? Decompress(blob) : blob).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    private static byte[] Decompress(byte[] blob)
    {
        using var gzip = new GZipStream(new MemoryStream(blob), CompressionMode.Decompress);
        using var tar = new MemoryStream();
        gzip.CopyTo(tar);
        return tar.ToArray();
    }

    private static string ReadAll(Stream? content) => content is null ? string.Empty : new StreamReader(content).ReadToEnd();

    private JsonNode ReadJson(string digest) => JsonNode.Parse(File.ReadAllBytes(BlobPath(digest)))!;

    private JsonObject Describe(string mediaType, byte[] bytes) =>
        new() { ["mediaType"] = mediaType, ["digest"] = AddBlob(bytes), ["size"] = bytes.Length };
}
