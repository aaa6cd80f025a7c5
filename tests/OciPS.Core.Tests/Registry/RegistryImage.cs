// SPDX-License-Identifier: MIT

using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using OciPS.Core.Tests.Support;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry;

/// <summary>A small image in the test registry.</summary>
internal sealed record RegistryImage(string Repository, string Digest, IReadOnlyList<string> Layers, string Config)
{
    /// <summary>Pushes an index of two platforms, and gives its digest.</summary>
    public static string PushIndex(RegistryServer registry, string repository, string tag = "1")
    {
        string[] architectures = ["amd64", "arm64"];
        byte[] index = JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = "application/vnd.oci.image.index.v1+json",
            manifests = architectures.Select(architecture => Push(registry, repository, null, architecture)).Select((image, i) => new
            {
                mediaType = "application/vnd.docker.distribution.manifest.v2+json",
                digest = image.Digest,
                size = registry.Content.FindManifest(repository, image.Digest)!.Bytes.Length,
                platform = new { os = "linux", architecture = architectures[i] },
            }),
        });
        return registry.Content.PutManifest(repository, tag, index, "application/vnd.oci.image.index.v1+json");
    }

    /// <param name="registry">Where to.</param>
    /// <param name="repository">The repository there.</param>
    /// <param name="tag">The tag; null for none.</param>
    /// <param name="architecture">What it is for; images for different ones have one layer in common.</param>
    public static RegistryImage Push(RegistryServer registry, string repository, string? tag = "1", string architecture = "amd64")
    {
        byte[][] tars = [Tar("etc/secret.key", Sample.Noise(5000)), Tar("app/run", Sample.Text(architecture == "amd64" ? 9000 : 8000))];
        byte[][] blobs = tars.Select(Gzip).ToArray();
        string[] layers = blobs.Select(blob => registry.Content.PutBlob(repository, blob)).ToArray();
        byte[] config = JsonSerializer.SerializeToUtf8Bytes(new
        {
            architecture,
            os = "linux",
            rootfs = new { type = "layers", diff_ids = tars.Select(tar => "sha256:" + Sample.Hash(tar)) },
            history = new[] { new { created_by = "a" }, new { created_by = "b" } },
        });
        string configDigest = registry.Content.PutBlob(repository, config);
        byte[] manifest = JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = "application/vnd.docker.distribution.manifest.v2+json",
            config = new { mediaType = "application/vnd.docker.container.image.v1+json", digest = configDigest, size = config.Length },
            layers = blobs.Select((blob, index) =>
                new { mediaType = "application/vnd.docker.image.rootfs.diff.tar.gzip", digest = layers[index], size = blob.Length }),
        });
        string digest = registry.Content.PutManifest(
            repository, tag ?? RegistryContent.GetDigest(manifest), manifest, "application/vnd.docker.distribution.manifest.v2+json");
        return new RegistryImage(repository, digest, layers, configDigest);
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }

    private static byte[] Tar(string name, byte[] content)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
            {
                DataStream = new MemoryStream(content),
                ModificationTime = DateTimeOffset.UnixEpoch,
            });
        }

        return tar.ToArray();
    }
}
