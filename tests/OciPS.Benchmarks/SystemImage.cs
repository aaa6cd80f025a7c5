// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using OciPS.IO.Hashing;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;
using OciPS.Storage.Layouts;

namespace OciPS.Benchmarks;

/// <summary>An image of three gzip layers of this machine's own files, as tar and a base image have them; in a layout.</summary>
internal sealed class SystemImage
{
    private static readonly string[][] s_layers = [
        ["usr/bin", "usr/sbin"], ["usr/lib/python3", "usr/share/perl", "usr/include", "usr/lib/git-core"], ["usr/share/doc", "etc"]];
    private static SystemImage? s_image;

    private readonly string _layout;
    private readonly byte[] _config;
    private readonly IReadOnlyList<Descriptor> _layers;

    private SystemImage(string layout, byte[] config, IReadOnlyList<Descriptor> layers) =>
        (_layout, _config, _layers) = (layout, config, layers);

    public string Reference => $"oci:{_layout}:1";

    /// <summary>The files that its layers are, in their order.</summary>
    public IEnumerable<string> LayerPaths => _layers.Select(layer => Path.Combine(_layout, "blobs", "sha256", layer.Digest.Hex));

    /// <summary>Makes it, once in a run.</summary>
    public static async Task<SystemImage> CreateAsync(string folder)
    {
        if (s_image is not null)
        {
            return s_image;
        }

        string layout = Path.Combine(folder, "system");
        var reference = ImageReference.Parse($"oci:{layout}:1");
        using var store = new OciLayoutStore(reference);
        var layers = new List<Descriptor>();
        var diffIds = new List<Digest>();
        foreach (string[] paths in s_layers)
        {
            WrittenBlob layer = await store.WriteBlobAsync(
                new BlobSource(async (output, token) => diffIds.Add(await WriteAsync(output, paths, token)), null), CancellationToken.None);
            layers.Add(new Descriptor(MediaTypes.OciLayerGzip, layer.Digest, layer.Size));
        }

        byte[] config = Encoding.UTF8.GetBytes(
            """{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["""
                + $$"""{{string.Join(',', diffIds.Select(digest => $"\"{digest}\""))}}]},"history":[{},{},{}]}""");
        var configDescriptor = new Descriptor(MediaTypes.OciConfig, Digest.FromBytes(config), config.Length);
        await store.WriteBlobAsync(BlobSource.FromBytes(config, configDescriptor), CancellationToken.None);
        ManifestContent manifest = ManifestEditor.Create(ManifestFormat.Oci, configDescriptor, layers);
        await store.PutManifestAsync(manifest, reference.Tag, CancellationToken.None);
        return s_image = new SystemImage(layout, config, layers);
    }

    /// <summary>Writes it to a tarball: as kaniko does, with gzip layers, or with plain ones as <c>docker save</c> does.</summary>
    public async Task<string> SaveAsync(string folder, bool asKanikoDoes)
    {
        string path = Path.Combine(folder, asKanikoDoes ? "kaniko.tar" : "plain.tar");
        await using FileStream file = File.Create(path);
        await using var tar = new TarWriter(file, TarEntryFormat.Ustar);
        string config = Digest.FromBytes(_config).ToString();
        await WriteEntryAsync(tar, config, new MemoryStream(_config));
        var names = new List<string>();
        foreach ((Descriptor layer, string blob) in _layers.Zip(LayerPaths))
        {
            names.Add(layer.Digest.Hex + (asKanikoDoes ? ".tar.gz" : ".tar"));
            await using FileStream content = File.OpenRead(blob);
            await WriteEntryAsync(tar, names[^1], asKanikoDoes ? content : await DecompressAsync(content, folder));
        }

        string manifest = $$"""[{"Config":"{{config}}","RepoTags":["bench/app:1"]"""
            + $$""","Layers":[{{string.Join(',', names.Select(name => $"\"{name}\""))}}]}]""";
        await WriteEntryAsync(tar, "manifest.json", new MemoryStream(Encoding.UTF8.GetBytes(manifest)));
        return path;
    }

    private static async Task<FileStream> DecompressAsync(Stream content, string folder)
    {
        FileStream plain = new(
            Path.Combine(folder, "layer.tar"), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        await using var gzip = new GZipStream(content, CompressionMode.Decompress);
        await gzip.CopyToAsync(plain);
        plain.Position = 0;
        return plain;
    }

    private static async Task WriteEntryAsync(TarWriter tar, string name, Stream content)
    {
        await using (content)
        {
            await tar.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = content });
        }
    }

    private static async Task<Digest> WriteAsync(Stream output, string[] paths, CancellationToken cancellationToken)
    {
        string[] there = [.. paths.Where(path => Path.Exists("/" + path))];
        using Process tar = Process.Start(new ProcessStartInfo(
            "tar", ["-C", "/", "--sort=name", "-cf", "-", .. there])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        tar.BeginErrorReadLine();
        await using var gzip = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true);
        using var hashed = new HashingWriteStream(gzip);
        await tar.StandardOutput.BaseStream.CopyToAsync(hashed, cancellationToken);
        await tar.WaitForExitAsync(cancellationToken);
        return hashed.Finish();
    }
}
