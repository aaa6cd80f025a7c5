// SPDX-License-Identifier: MIT

using System.Security.Cryptography;
using System.Text;
using ICSharpCode.SharpZipLib.Tar;
using OciPS.Core.Tests.Support;
using OciPS.Export;
using OciPS.Images;
using OciPS.Storage;

namespace OciPS.Core.Tests.Export;

public sealed class LayerExporterTests : IDisposable
{
    private const string ForeignLayer = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";

    // Name, size and the hash of the content in the algorithm that the name begins with.
    private const string Python = """
        import hashlib, sys, tarfile
        with tarfile.open(fileobj=sys.stdin.buffer, mode='r|') as tar:
            for e in tar:
                print(e.name, e.size, hashlib.new(e.name.split(':')[0], tar.extractfile(e).read()).hexdigest(), sep='|')
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly RecordingLog _log = new();

    public void Dispose() => _folder.Dispose();

    private LayoutBuilder Layout() => new(_folder.Path);

    private static LayoutBuilder Add(
        LayoutBuilder layout, int seed, string mediaType = LayoutBuilder.PlainLayer, string algorithm = "sha256")
    {
        byte[] blob = Sample.Noise(150_000 + seed, seed);
        return layout.Add(blob, blob, mediaType, algorithm);
    }

    private Task<SelectedImages> OpenAsync() => TestImages.OpenAsync($"oci:{_folder.Path}:1");

    private async Task<byte[]> ExportAsync(bool excludeConfig = false)
    {
        using SelectedImages picked = await OpenAsync();
        using var output = new MemoryStream();
        await new LayerExporter(picked.Images[0], excludeConfig, TestSession.Begin(_log)).ExportAsync(output, CancellationToken.None);
        return output.ToArray();
    }

    private string BlobPath(string digest) => _folder[Path.Combine("blobs", digest.Replace(':', Path.DirectorySeparatorChar))];

    private async Task<(string Config, string[] Layers)> DigestsAsync()
    {
        using SelectedImages picked = await OpenAsync();
        return (
            picked.Images[0].Manifest.Config.Digest.ToString(),
            picked.Images[0].Manifest.Layers.Select(layer => layer.Digest.ToString()).ToArray());
    }

    [PeerTheory("tar", "python3")]
    [InlineData("sha256")]
    [InlineData("sha512")]
    public async Task Export_Image_IsReadByOthersWithEveryDigestRight(string algorithm)
    {
        Add(Add(Layout(), 1, algorithm: algorithm), 362, algorithm: algorithm).Write("1");
        (string config, string[] layers) = await DigestsAsync();
        string[] digests = [config, .. layers];

        byte[] tar = await ExportAsync();

        Assert.StartsWith(algorithm, layers[0], StringComparison.Ordinal);
        Assert.Equal(digests.Select(digest => digest + ".tar"), TarPeer.GnuNames(tar));
        Assert.Equal(
            digests.Select(digest => $"{digest}.tar|{new FileInfo(BlobPath(digest)).Length}|{digest[7..]}"),
            Encoding.UTF8.GetString(Tool.Filter(tar, "python3", "-c", Python)).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(digests, ReadWithSharpZipLib(tar));
        foreach (string digest in digests)
        {
            Assert.Equal(File.ReadAllBytes(BlobPath(digest)), TarDump.GnuTar(tar, "-xOf", digest + ".tar"));
        }
    }

    [PeerFact("tar")]
    public async Task Export_Twice_GivesTheSameBytesOfNobodyAndNoTime()
    {
        Add(Layout(), 1).Write("1");

        byte[] tar = await ExportAsync();

        Assert.Equal(tar, await ExportAsync());
        Assert.All(TarDump.ListVerbose(tar), line => Assert.Matches("^-rw-r--r-- 0/0 +[0-9]+ 1970-01-01 00:00:00 sha256:", line));
    }

    [PeerFact("tar")]
    public async Task Export_WithoutConfig_HasLayersOnly()
    {
        Add(Add(Layout(), 1), 2).Write("1");

        Assert.Equal(
            (await DigestsAsync()).Layers.Select(digest => digest + ".tar"), TarPeer.GnuNames(await ExportAsync(excludeConfig: true)));
    }

    [PeerFact("tar")]
    public async Task Export_LayerThatComesTwice_IsWrittenOnce()
    {
        Add(Add(Add(Layout(), 1), 2), 1).Write("1");
        string[] layers = (await DigestsAsync()).Layers;

        Assert.Equal([layers[0] + ".tar", layers[1] + ".tar"], TarPeer.GnuNames(await ExportAsync(excludeConfig: true)));
    }

    [PeerFact("tar")]
    public async Task Export_ForeignLayer_IsLeftOutWithAWarning()
    {
        Add(Add(Layout(), 1, ForeignLayer), 2).Write("1");
        string[] layers = (await DigestsAsync()).Layers;
        File.Delete(BlobPath(layers[0]));

        Assert.Equal([layers[1] + ".tar"], TarPeer.GnuNames(await ExportAsync(excludeConfig: true)));
        Assert.Contains(layers[0], Assert.Single(_log.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("flip", "DigestMismatch")]
    [InlineData("cut", "SizeMismatch")]
    [InlineData("longer", "SizeMismatch")]
    [InlineData("missing", "BlobNotFound")]
    public async Task Export_WrongLayer_IsErrorAndLeavesTheFileAsItWas(string how, string errorId)
    {
        Add(Add(Layout(), 1), 2).Write("1");
        string path = BlobPath((await DigestsAsync()).Layers[1]);
        byte[] blob = File.ReadAllBytes(path);
        File.Delete(path);
        if (how != "missing")
        {
            File.WriteAllBytes(path, how == "flip" ? Sample.Flip(blob, 8) : how == "cut" ? blob[..^1] : [.. blob, 0]);
        }

        using SelectedImages picked = await OpenAsync();
        string target = _folder.Write("out/layers.tar", Encoding.ASCII.GetBytes("before"));
        var exporter = new LayerExporter(picked.Images[0], excludeConfig: false, TestSession.Begin(_log));
        OciException error = await Assert.ThrowsAnyAsync<OciException>(
            () => FileReplacement.WriteAsync(target, exporter.ExportAsync, CancellationToken.None));

        Assert.Equal(errorId, error.ErrorId);
        Assert.Equal([target], Directory.GetFileSystemEntries(_folder["out"]));
        Assert.Equal("before", File.ReadAllText(target));
    }

    [Fact]
    public async Task Export_ArtifactWithOneBlobAsConfigAndLayer_WritesItOnceAndAlwaysAsLayer()
    {
        byte[] empty = Encoding.ASCII.GetBytes("{}");
        string digest = "sha256:" + Sample.Hash(empty);
        Layout().Add(empty, empty, "application/vnd.oci.empty.v1+json").Write("1");
        using SelectedImages picked = await OpenAsync();
        ImageSource opened = picked.Images[0];
        ImageSource image = opened with { Manifest = opened.Manifest with { Config = opened.Manifest.Layers[0] } };

        foreach (bool excludeConfig in new[] { false, true })
        {
            using var output = new MemoryStream();
            await new LayerExporter(image, excludeConfig, TestSession.Begin(_log)).ExportAsync(output, CancellationToken.None);
            Assert.Equal([digest], ReadWithSharpZipLib(output.ToArray()));
        }
    }

    // The digests of the members' contents, each checked to be what the member's name says.
    private static string[] ReadWithSharpZipLib(byte[] tar)
    {
        var digests = new List<string>();
        using var reader = new TarInputStream(new MemoryStream(tar), Encoding.UTF8);
        while (reader.GetNextEntry() is { } entry)
        {
            using var content = new MemoryStream();
            reader.CopyEntryContents(content);
            byte[] hash = entry.Name.StartsWith("sha512:", StringComparison.Ordinal)
                ? SHA512.HashData(content.ToArray())
                : SHA256.HashData(content.ToArray());
            string digest = $"{entry.Name[..6]}:{Convert.ToHexStringLower(hash)}";
            Assert.Equal(digest + ".tar", entry.Name);
            Assert.Equal(entry.Size, content.Length);
            digests.Add(digest);
        }

        return [.. digests];
    }
}
