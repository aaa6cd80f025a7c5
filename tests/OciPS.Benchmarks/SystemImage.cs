// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Stores;
using OciPS.Streams;

namespace OciPS.Benchmarks;

/// <summary>An image of three gzip layers of this machine's own files, as tar and a base image have them; in a layout.</summary>
internal static class SystemImage
{
    private static readonly string[][] s_layers = [["usr/bin", "usr/sbin"], ["usr/lib/python3", "usr/share/perl", "usr/include", "usr/lib/git-core"], ["usr/share/doc", "etc"]];

    public static async Task<string> CreateAsync(string folder)
    {
        var reference = ImageReference.Parse($"oci:{Path.Combine(folder, "system")}:1");
        using var store = new OciLayoutStore(reference);
        var layers = new List<Descriptor>();
        var diffIds = new List<Digest>();
        foreach (string[] paths in s_layers)
        {
            WrittenBlob layer = await store.WriteBlobAsync(
                new BlobSource(async (output, token) => diffIds.Add(await WriteAsync(output, paths, token)), null), CancellationToken.None);
            layers.Add(new Descriptor(MediaTypes.OciLayerGzip, layer.Digest, layer.Size));
        }

        byte[] config = Encoding.UTF8.GetBytes($$"""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[{{string.Join(',', diffIds.Select(digest => $"\"{digest}\""))}}]},"history":[{},{},{}]}""");
        var configDescriptor = new Descriptor(MediaTypes.OciConfig, Digest.OfBytes(config), config.Length);
        await store.WriteBlobAsync(BlobSource.OfBytes(config, configDescriptor), CancellationToken.None);
        ManifestContent manifest = ManifestEditor.Create(ManifestFormat.Oci, configDescriptor, layers);
        await store.PutManifestAsync(manifest, reference.Tag, CancellationToken.None);
        return reference.ToString();
    }

    private static async Task<Digest> WriteAsync(Stream output, string[] paths, CancellationToken cancellationToken)
    {
        string[] there = [.. paths.Where(path => Path.Exists("/" + path))];
        using Process tar = Process.Start(new ProcessStartInfo("tar", ["-C", "/", "--sort=name", "-cf", "-", .. there]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        tar.BeginErrorReadLine();
        await using var gzip = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true);
        using var hashed = new HashingWriteStream(gzip);
        await tar.StandardOutput.BaseStream.CopyToAsync(hashed, cancellationToken);
        await tar.WaitForExitAsync(cancellationToken);
        return hashed.Finish();
    }
}
