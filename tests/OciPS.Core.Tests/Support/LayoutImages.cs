// SPDX-License-Identifier: MIT

using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace OciPS.Core.Tests.Support;

/// <summary>
/// Writes images of all kinds into an OCI layout, without the module: indexes, attestations, artifacts, and what is wrong on purpose.
/// </summary>
internal sealed class LayoutImages
{
    public const string IndexType = "application/vnd.oci.image.index.v1+json";
    public const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    public const string ConfigType = "application/vnd.oci.image.config.v1+json";
    public const string LayerType = "application/vnd.oci.image.layer.v1.tar+gzip";
    public const string DockerListType = "application/vnd.docker.distribution.manifest.list.v2+json";
    public const string DockerManifestType = "application/vnd.docker.distribution.manifest.v2+json";
    public const string DockerConfigType = "application/vnd.docker.container.image.v1+json";
    public const string DockerLayerType = "application/vnd.docker.image.rootfs.diff.tar.gzip";

    private readonly Dictionary<string, string> _diffIds = [];

    public LayoutImages(string folder)
    {
        Folder = folder;
        Directory.CreateDirectory(Path.Combine(folder, "blobs", "sha256"));
        File.WriteAllText(Path.Combine(folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        File.WriteAllText(Path.Combine(folder, "index.json"), """{"schemaVersion":2,"manifests":[]}""");
    }

    private LayoutImages(string folder, bool isThere)
    {
        Folder = folder;
        Assert.Equal(isThere, File.Exists(Path.Combine(folder, "oci-layout")));
    }

    public string Folder { get; }

    /// <summary>A layout that is there, to look into.</summary>
    public static LayoutImages Open(string folder) => new(folder, isThere: true);

    public static string GetDigest(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static string Digest(JsonObject descriptor) => (string)descriptor["digest"]!;

    public string BlobPath(string digest) => Path.Combine(Folder, "blobs", "sha256", digest["sha256:".Length..]);

    public byte[] Blob(string digest) => File.ReadAllBytes(BlobPath(digest));

    public JsonObject Json(string digest) => JsonNode.Parse(Blob(digest))!.AsObject();

    /// <summary>Writes a blob and gives its descriptor.</summary>
    public JsonObject Put(byte[] bytes, string mediaType)
    {
        string digest = GetDigest(bytes);
        File.WriteAllBytes(BlobPath(digest), bytes);
        return new JsonObject { ["mediaType"] = mediaType, ["digest"] = digest, ["size"] = bytes.Length };
    }

    public JsonObject Put(JsonObject json, string mediaType) => Put(Encoding.UTF8.GetBytes(json.ToJsonString()), mediaType);

    /// <summary>A layer of small files, gzip.</summary>
    public JsonObject Layer(params (string Name, string Content)[] files) => GetLayer(LayerType, files);

    public JsonObject GetLayer(string mediaType, params (string Name, string Content)[] files)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach ((string name, string content) in files)
            {
                // A name with an arrow is a hard link.
                string[] link = name.Split("->");
                writer.WriteEntry(link.Length > 1
                    ? new UstarTarEntry(TarEntryType.HardLink, link[0]) { LinkName = link[1], ModificationTime = DateTimeOffset.UnixEpoch }
                    : new UstarTarEntry(TarEntryType.RegularFile, name)
                    {
                        DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
                        ModificationTime = DateTimeOffset.UnixEpoch,
                    });
            }
        }

        using var blob = new MemoryStream();
        using (var gzip = new GZipStream(blob, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(tar.ToArray());
        }

        JsonObject layer = Put(blob.ToArray(), mediaType);
        _diffIds[Digest(layer)] = GetDigest(tar.ToArray());
        return layer;
    }

    /// <summary>An image; gives the descriptor of its manifest, with a platform as an index has it.</summary>
    /// <param name="platform"><c>os/architecture[/variant][:version]</c>, as the config says it.</param>
    /// <param name="layers">Its layers.</param>
    /// <param name="listedVariant">Whether the index says the variant as well.</param>
    /// <param name="docker">Docker's media types in place of OCI's.</param>
    /// <param name="change">Changes the manifest.</param>
    public JsonObject Image(
        string platform, JsonObject[] layers, bool listedVariant = true, bool docker = false, Action<JsonObject>? change = null)
    {
        string[] parts = platform.Split(':')[0].Split('/');
        JsonObject listed = new() { ["architecture"] = parts[1], ["os"] = parts[0] };
        JsonObject config = new()
        {
            ["architecture"] = parts[1],
            ["os"] = parts[0],
            ["config"] = new JsonObject { ["Env"] = new JsonArray("A=1"), ["Labels"] = new JsonObject { ["for"] = platform } },
            ["rootfs"] = new JsonObject
            {
                ["type"] = "layers",
                ["diff_ids"] =
                new JsonArray(layers.Select(layer => (JsonNode)_diffIds.GetValueOrDefault(Digest(layer), Digest(layer))).ToArray())
            },
            ["history"] =
                new JsonArray(
                    layers.Select((_, i) => (JsonNode)new JsonObject { ["created"] = "2024-01-02T03:04:05Z", ["created_by"] = $"step {i}" })
                        .ToArray()),
        };
        if (parts.Length > 2)
        {
            config["variant"] = parts[2];
            if (listedVariant)
            {
                listed["variant"] = parts[2];
            }
        }

        if (platform.Contains(':', StringComparison.Ordinal))
        {
            config["os.version"] = platform.Split(':')[1];
            listed["os.version"] = platform.Split(':')[1];
        }

        JsonObject manifest = Manifest(
            Put(config, docker ? DockerConfigType : ConfigType), layers, docker ? DockerManifestType : ManifestType);
        change?.Invoke(manifest);
        JsonObject descriptor = Put(manifest, docker ? DockerManifestType : ManifestType);
        descriptor["platform"] = listed;
        return descriptor;
    }

    public static JsonObject Manifest(JsonObject config, JsonObject[] layers, string mediaType = ManifestType) => new()
    {
        ["schemaVersion"] = 2,
        ["mediaType"] = mediaType,
        ["config"] = config.DeepClone(),
        ["layers"] = new JsonArray(layers.Select(layer => layer.DeepClone()).ToArray()),
    };

    /// <summary>What BuildKit writes beside an image: an in-toto statement in a manifest that looks like an image's.</summary>
    public JsonObject Attestation(JsonObject image)
    {
        JsonObject statement = Put(Encoding.UTF8.GetBytes(
            $$"""{"_type":"https://in-toto.io/Statement/v0.1","subject":"{{Digest(image)}}"}"""), "application/vnd.in-toto+json");
        JsonObject attestation = Image("unknown/unknown", [statement]);
        attestation["annotations"] =
            new JsonObject { ["vnd.docker.reference.digest"] = Digest(image), ["vnd.docker.reference.type"] = "attestation-manifest" };
        return attestation;
    }

    /// <summary>An artifact, as oras writes it.</summary>
    public JsonObject Artifact(string type = "application/vnd.example+json", JsonObject? subject = null)
    {
        JsonObject manifest = Manifest(
            Put("{}"u8.ToArray(), "application/vnd.oci.empty.v1+json"), [Put(Encoding.UTF8.GetBytes($"{type} {subject}"), "text/plain")]);
        manifest["artifactType"] = type;
        if (subject is not null)
        {
            JsonNode target = subject.DeepClone();
            target.AsObject().Remove("platform");
            manifest["subject"] = target;
        }

        return Put(manifest, ManifestType);
    }

    public JsonObject Index(params JsonObject[] entries) => IndexOf(IndexType, entries);

    public JsonObject IndexOf(string mediaType, params JsonObject[] entries) => Put(
        new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = mediaType,
            ["manifests"] = new JsonArray(
            entries.Select(entry => entry.DeepClone()).ToArray())
        }, mediaType);

    /// <summary>Points a tag to something; gives its digest.</summary>
    public string Tag(string tag, JsonObject descriptor)
    {
        string path = Path.Combine(Folder, "index.json");
        JsonNode index = JsonNode.Parse(File.ReadAllBytes(path))!;
        JsonObject entry = descriptor.DeepClone().AsObject();
        entry.Remove("platform");
        entry["annotations"] = new JsonObject { ["org.opencontainers.image.ref.name"] = tag };
        index["manifests"]!.AsArray().Add(entry);
        File.WriteAllText(path, index.ToJsonString());
        return Digest(descriptor);
    }

    /// <summary>What a tag points to.</summary>
    public static string GetTagDigest(string folder, string tag) =>
        (string)JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder, "index.json")))!["manifests"]!.AsArray()
        .Single(entry => (string?)entry!["annotations"]?["org.opencontainers.image.ref.name"] == tag)!["digest"]!;

    /// <summary>
    /// An index of four platforms with attestations for two of them; all images share a layer with <c>etc/secret.key</c>.
    /// The index does not say the variant of arm64, only the image's config does.
    /// </summary>
    public JsonObject FourPlatforms()
    {
        JsonObject shared = Layer(("etc/secret.key", "SECRET"), ("etc/os-release", "NAME=example"));
        JsonObject Own(string platform) => Image(
            platform,
            [shared, Layer(("bin/app", platform), ("bin/helper", "for " + platform))],
            listedVariant: !platform.Contains("arm64", StringComparison.Ordinal));
        JsonObject amd64 = Own("linux/amd64");
        JsonObject arm64 = Own("linux/arm64/v8");
        JsonObject arm = Own("linux/arm/v7");
        JsonObject windows = Own("windows/amd64:10.0.20348.1");
        return Index(amd64, arm64, arm, windows, Attestation(amd64), Attestation(arm64));
    }
}
