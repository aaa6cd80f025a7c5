// SPDX-License-Identifier: MIT

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OciPS.Core.Tests.Support;

/// <summary>Writes an OCI layout by hand, with any bytes as its layers.</summary>
internal sealed class LayoutBuilder(string folder)
{
    public const string GzipLayer = "application/vnd.oci.image.layer.v1.tar+gzip";
    public const string ZstdLayer = "application/vnd.oci.image.layer.v1.tar+zstd";
    public const string PlainLayer = "application/vnd.oci.image.layer.v1.tar";

    private readonly List<(byte[] Blob, string MediaType, string DiffId, string Algorithm)> _layers = [];

    public LayoutBuilder Add(byte[] tar, byte[] blob, string mediaType, string algorithm = "sha256")
    {
        _layers.Add((blob, mediaType, "sha256:" + Sample.Hash(tar), algorithm));
        return this;
    }

    /// <summary>Writes the image under a tag and returns its manifest's digest.</summary>
    public string Write(string tag)
    {
        (string digest, long size) = WriteImage("amd64");
        WriteIndex("application/vnd.oci.image.manifest.v1+json", digest, size, tag);
        return digest;
    }

    /// <summary>Writes an index of several images under a tag and returns its digest.</summary>
    public static string Write(string folder, string tag, params (string Architecture, LayoutBuilder Image)[] images)
    {
        object[] manifests = images.Select(image =>
        {
            (string digest, long size) = image.Image.WriteImage(image.Architecture);
            return (object)new
            {
                mediaType = "application/vnd.oci.image.manifest.v1+json",
                digest,
                size,
                platform = new { architecture = image.Architecture, os = "linux" },
            };
        }).ToArray();
        var layout = new LayoutBuilder(folder);
        byte[] index = Json(new { schemaVersion = 2, mediaType = "application/vnd.oci.image.index.v1+json", manifests });
        string indexDigest = layout.PutBlob(index);
        layout.WriteIndex("application/vnd.oci.image.index.v1+json", indexDigest, index.Length, tag);
        return indexDigest;
    }

    private (string Digest, long Size) WriteImage(string architecture)
    {
        object[] layers = _layers.Select(layer =>
            (object)new { mediaType = layer.MediaType, digest = PutBlob(layer.Blob, layer.Algorithm), size = layer.Blob.Length }).ToArray();
        byte[] config = Json(new
        {
            architecture,
            os = "linux",
            config = new { Env = new[] { "PATH=/bin" } },
            rootfs = new { type = "layers", diff_ids = _layers.Select(layer => layer.DiffId) },
            history = _layers.Select(_ => new { created_by = "test" }),
        });
        byte[] manifest = Json(new
        {
            schemaVersion = 2,
            mediaType = "application/vnd.oci.image.manifest.v1+json",
            config = new { mediaType = "application/vnd.oci.image.config.v1+json", digest = PutBlob(config), size = config.Length },
            layers,
            annotations = new Dictionary<string, string> { ["org.example.kept"] = "yes" },
        });
        return (PutBlob(manifest), manifest.Length);
    }

    private void WriteIndex(string mediaType, string digest, long size, string tag)
    {
        byte[] index = Json(new
        {
            schemaVersion = 2,
            manifests = new[]
            {
                new
                {
                    mediaType,
                    digest,
                    size,
                    annotations = new Dictionary<string, string> { ["org.opencontainers.image.ref.name"] = tag },
                },
            },
        });
        File.WriteAllBytes(Path.Combine(folder, "index.json"), index);
        File.WriteAllText(Path.Combine(folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
    }

    private static byte[] Json(object value) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(value));

    private string PutBlob(byte[] bytes, string algorithm = "sha256")
    {
        string hex = algorithm == "sha512" ? Convert.ToHexStringLower(SHA512.HashData(bytes)) : Sample.Hash(bytes);
        string path = Path.Combine(folder, "blobs", algorithm, hex);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return algorithm + ":" + hex;
    }
}
