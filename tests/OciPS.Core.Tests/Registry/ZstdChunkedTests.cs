// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Images;
using OciPS.Tar;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry;

/// <summary>zstd:chunked layers, as skopeo writes them, are listed by their own table of contents.</summary>
public sealed class ZstdChunkedTests : RegistryTestBase, IDisposable
{
    // A file of one chunk, of many, with a chunk of zeros; links of both kinds.
    private const string MakeTar = """
        mkdir -p root/etc root/usr
        printf first > root/etc/first
        : > root/etc/empty
        ln root/etc/first root/etc/hard
        ln -s first root/etc/symbolic
        mkfifo root/etc/pipe
        head -c 900000 /dev/urandom > root/usr/random
        { head -c 300000 /dev/urandom; head -c 1500000 /dev/zero; head -c 100000 /dev/urandom; } > root/usr/mixed
        seq 100000 > root/usr/text
        tar --sort=name --mtime=2017-07-14 --owner=7 --group=7 --format=gnu -C root -cf layer.tar etc usr
        python3 -c "
        import hashlib, io, json, tarfile
        layer = open('layer.tar', 'rb').read()
        config = json.dumps({'architecture': 'amd64', 'os': 'linux', 'rootfs': {'type': 'layers', 'diff_ids': ['sha256:' + hashlib.sha256(layer).hexdigest()]}}).encode()
        archive = tarfile.open('image.tar', 'w')
        for name, content in (('layer.tar', layer), ('config.json', config), ('manifest.json', json.dumps([{'Config': 'config.json', 'RepoTags': ['app:1'], 'Layers': ['layer.tar']}]).encode())):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        archive.close()
        "
        skopeo --insecure-policy copy --quiet --dest-compress-format zstd:chunked docker-archive:image.tar oci:layout:1
        """;

    private readonly TemporaryFolder _folder = new();
    private string _digest = string.Empty;
    private byte[] _blob = [];

    public ZstdChunkedTests() => TestSession.UseListings(_folder["cache"]);

    public void Dispose() => _folder.Dispose();

    private string Reference => $"{Host}/team/app:1";

    private RegistryRequest[] Downloads =>
        [.. Registry.Requests.Where(
            request => request.Method == "GET" && request.Path.Contains($"/blobs/{_digest}", StringComparison.Ordinal))];

    [PeerTheory("skopeo", "python3")]
    [InlineData("io.containers.zstd-chunked.")]
    [InlineData("io.github.containers.zstd-chunked.")]
    public async Task List_OwnToc_IsAsPythonListsTheTarWithoutReadingIt(string prefix)
    {
        Push(annotations => Rename(annotations, prefix));

        string[] lines = [.. (await FilesAsync()).Select(Describe)];

        Assert.Equal(StargzLayer.Describe(_folder["layer.tar"]), lines);
        RegistryRequest request = Assert.Single(Downloads);
        Assert.True(GetStart(request) > _blob.Length * 9 / 10, request.Range);
        Assert.False(Directory.Exists(_folder["cache"]) && Directory.GetFiles(_folder["cache"]).Length > 0);
    }

    [PeerFact("skopeo", "python3")]
    public async Task Open_EachFile_IsAsPythonReadsIt()
    {
        Push();
        IReadOnlyDictionary<string, string> expected = LayerFiles.Read(_folder["layer.tar"]);

        List<ImageFile> files = await FilesAsync(async file =>
        {
            if (file.Entry.Type == TarEntryType.File)
            {
                Assert.Equal(expected[file.Entry.Name], Sample.Hash(await BytesAsync(file)));
            }
        });
        Assert.All(Downloads, request => Assert.NotEmpty(request.Range));
        foreach (ImageFile file in files.Where(file => file.Entry.Type == TarEntryType.File))
        {
            Assert.Equal(expected[file.Entry.Name], Sample.Hash(await BytesAsync(file)));
        }

        Assert.Equal("first"u8.ToArray(), await BytesAsync(files.Single(file => file.Entry.Name == "etc/hard")));
    }

    [PeerTheory("skopeo", "python3")]
    [InlineData("off")]
    [InlineData("no checksum")]
    [InlineData("another checksum")]
    [InlineData("elsewhere")]
    [InlineData("beyond the end")]
    [InlineData("no numbers")]
    [InlineData("another kind")]
    [InlineData("no ranges")]
    public async Task List_TocIsOfNoUse_ReadsTheLayer(string why)
    {
        Push(annotations =>
        {
            string checksum = annotations.Single(item => item.Key.EndsWith("checksum", StringComparison.Ordinal)).Key;
            string position = annotations.Single(item => item.Key.EndsWith("position", StringComparison.Ordinal)).Key;
            string[] numbers = ((string)annotations[position]!).Split(':');
            _ = why switch
            {
                "no checksum" => annotations.Remove(checksum) ? null : annotations,
                "another checksum" => annotations[checksum] = "sha256:" + Sample.Hash([]),
                "elsewhere" => annotations[position] = $"100:{numbers[1]}:{numbers[2]}:1",
                "beyond the end" => annotations[position] = $"{long.MaxValue}:{numbers[1]}:{numbers[2]}:1",
                "no numbers" => annotations[position] = "here",
                "another kind" => annotations[position] = string.Join(':', numbers[..3]) + ":2",
                _ => null,
            };
        });
        Registry.Options.KnowsNoRanges = why == "no ranges";
        if (why == "off")
        {
            TestSession.UseListings(null);
        }

        string[] lines = [.. (await FilesAsync()).Select(Describe)];

        Assert.Equal(StargzLayer.Describe(_folder["layer.tar"]), lines);
        Assert.Contains(Downloads, request => request.Range.Length == 0);
    }

    [PeerFact("skopeo", "python3")]
    public async Task Open_ChunkIsNotWhatItsDigestSays_IsAnError()
    {
        Push();
        List<ImageFile> files = await FilesAsync();
        byte[] changed = (byte[])_blob.Clone();
        // In the middle of what cannot be compressed, so that zstd itself finds nothing wrong.
        changed[changed.Length / 2] ^= 1;
        Registry.Content.Corrupt("team/app", _digest, changed);
        var errors = new List<string>();

        foreach (ImageFile file in files.Where(file => file.Entry.Type == TarEntryType.File))
        {
            if (await Record.ExceptionAsync(() => BytesAsync(file)) is { } error)
            {
                errors.Add(Assert.IsAssignableFrom<OciException>(error).ErrorId);
            }
        }

        Assert.Contains(Assert.Single(errors), new[] { "DigestMismatch", "InvalidCompression" });
    }

    [PeerFact("skopeo", "python3", "zstd")]
    public async Task Remove_FromSuchALayer_LeavesNoTocBehind()
    {
        Push();

        await RemoveAsync(Reference, $"{Host}/team/app:2", "etc/first");

        using SelectedImages picked = await TestImages.OpenAsync($"{Host}/team/app:2");
        OciPS.Manifests.Descriptor layer = Assert.Single(picked.Images[0].Manifest.Layers);
        Assert.DoesNotContain(layer.Annotations.Keys, key => key.Contains("zstd-chunked", StringComparison.Ordinal));
        byte[] rewritten = Registry.Content.FindBlob("team/app", layer.Digest.ToString())!;
        Assert.Equal(-1, rewritten.AsSpan().IndexOf("GNUlInUx"u8));
        byte[] tar = Tool.Filter(rewritten, "zstd", "-dc");
        Assert.Equal(-1, tar.AsSpan().IndexOf("etc/first\0"u8));
        Assert.True(tar.AsSpan().IndexOf("etc/hard\0"u8) >= 0);
    }

    private static void Rename(JsonObject annotations, string prefix)
    {
        foreach ((string key, JsonNode? value) in annotations.ToArray())
        {
            annotations.Remove(key);
            annotations[prefix + key[(key.LastIndexOf('.') + 1)..]] = value;
        }
    }

    private static long GetStart(RegistryRequest request) =>
        request.Range.Length == 0
            ? 0
            : long.Parse(request.Range["bytes=".Length..request.Range.IndexOf('-')], CultureInfo.InvariantCulture);

    private static string Describe(ImageFile file) => string.Create(
        CultureInfo.InvariantCulture,
        $"{file.Entry.Name} {file.Entry.Type} {file.Entry.Size} {Convert.ToString(file.Entry.Mode, 8)} {file.Entry.Uid} "
            + $"{file.Entry.LastWriteTime.ToUnixTimeSeconds()} {file.Entry.LinkTarget}");

    private static async Task<byte[]> BytesAsync(ImageFile file)
    {
        using Stream content = await file.OpenAsync(CancellationToken.None);
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    private async Task<List<ImageFile>> FilesAsync(Func<ImageFile, Task>? see = null)
    {
        using SelectedImages picked = await TestImages.OpenAsync(Reference);
        var files = new List<ImageFile>();
        await foreach (ImageFile file in new FileLister(picked.Images[0], TestSession.Begin()).ListAsync(CancellationToken.None))
        {
            files.Add(file);
            await (see?.Invoke(file) ?? Task.CompletedTask);
        }

        return files;
    }

    private void Push(Action<JsonObject>? change = null)
    {
        Tool.Shell(_folder.Path, MakeTar);
        LayoutImages images = LayoutImages.Open(_folder["layout"]);
        JsonObject index = JsonNode.Parse(File.ReadAllText(Path.Combine(images.Folder, "index.json")))!.AsObject();
        JsonObject manifest = images.Json((string)index["manifests"]![0]!["digest"]!);
        JsonObject layer = manifest["layers"]![0]!.AsObject();
        change?.Invoke(layer["annotations"]!.AsObject());
        _blob = images.Blob(LayoutImages.Digest(layer));
        _digest = Registry.Content.PutBlob("team/app", _blob);
        Registry.Content.PutBlob("team/app", images.Blob(LayoutImages.Digest(manifest["config"]!.AsObject())));
        Registry.Content.PutManifest(
            "team/app", "1", System.Text.Encoding.UTF8.GetBytes(manifest.ToJsonString()), LayoutImages.ManifestType);
    }
}
