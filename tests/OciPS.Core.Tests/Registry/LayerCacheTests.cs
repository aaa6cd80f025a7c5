// SPDX-License-Identifier: MIT

using System.Text;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Images;
using OciPS.Layers.Listings;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Removal;
using OciPS.Sessions;
using OciPS.Tar;

namespace OciPS.Core.Tests.Registry;

/// <summary>What is remembered of layers from one reading to the next.</summary>
public sealed class LayerCacheTests : RegistryTestBase, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public LayerCacheTests() => TestSession.UseListings(_folder["cache"]);

    public void Dispose() => _folder.Dispose();

    private string[] Cached => Directory.Exists(_folder["cache"]) ? Directory.GetFiles(_folder["cache"]) : [];

    private int Downloads =>
        Registry.Requests.Count(
            request => request.Method == "GET" && !request.IsProbe && request.Path.Contains("/blobs/", StringComparison.Ordinal));

    [Fact]
    public async Task List_SecondTime_IsTheSameWithoutADownload()
    {
        // Everything that an entry may have: sparse maps, global records, names that are no UTF-8, all kinds.
        byte[] tar = new TarBuilder()
            .Add("dir/", type: '5').Add("dir/file", Sample.Noise(3000)).Add("dir/link", type: '2', link: "../elsewhere")
            .Add("dir/hard", type: '1', link: "dir/file")
            .Global(("comment", "one"), ("mtime", "1234567890.123456789")).Add("a")
            .Pax(("path", "long/" + new string('n', 300)), ("uid", "5000000000"))
            .Add("b")
            .Global(("comment", "two")).Add("c", Sample.Text(10)).Add("../up").Add("/abs").Raw(TarBuilder.Sum(NotUtf8()))
            .Pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "holes"), ("GNU.sparse.realsize", "100000"))
            .Add("GNUSparseFile.0/holes", [.. TarBuilder.Pad("1\n99990\n10\n"u8.ToArray()), .. Sample.Text(10)])
            .ToBytes();
        Push(tar);

        string[] first = await DescribeAsync();
        int downloads = Downloads;
        string[] second = await DescribeAsync();

        Assert.Equal(first, second);
        Assert.Equal(11, first.Length);
        Assert.Contains(first, line => line.Contains("n\udcff", StringComparison.Ordinal));
        Assert.Contains(first, line => line.Contains("parts=1", StringComparison.Ordinal));
        Assert.Equal(downloads, Downloads);
        Assert.Equal(1, downloads);
    }

    [Fact]
    public async Task List_SecondTimeWithContent_ReadsTheLayerOnce()
    {
        RegistryImage.Push(Registry, "team/app");
        await ListAsync($"{Host}/team/app:1");
        int before = Downloads;
        var contents = new List<int>();
        using SelectedImages picked = await TestImages.OpenAsync($"{Host}/team/app:1");
        await foreach (ImageFile file in new FileLister(picked.Images[0], TestSession.Begin()).ListAsync(CancellationToken.None))
        {
            using Stream content = await file.OpenAsync(CancellationToken.None);
            using var bytes = new MemoryStream();
            await content.CopyToAsync(bytes);
            contents.Add((int)bytes.Length);
        }

        Assert.Equal([5000, 9000], contents);
        Assert.Equal(2, Downloads - before);
    }

    [Fact]
    public async Task Remove_SecondTime_ReadsOnlyWhatItRewrites()
    {
        RegistryImage.Push(Registry, "team/app");
        RewrittenImage first = await RemoveAsync($"{Host}/team/app:1", $"{Host}/team/app:a");
        int before = Registry.Requests.Count;

        RewrittenImage second = await RemoveAsync($"{Host}/team/app:1", $"{Host}/team/app:b");

        Assert.Equal(first.Published.Manifest.Digest, second.Published.Manifest.Digest);
        string[] read = Registry.Requests.Skip(before)
            .Where(request => request.Method == "GET" && !request.IsProbe && request.Path.Contains("/blobs/", StringComparison.Ordinal))
            .Select(request => request.Path)
            .Distinct()
            .ToArray();
        // The config, and the layer with the file.
        Assert.Equal(2, read.Length);
    }

    [Fact]
    public async Task Remove_SecondTimeOnlyLookedAt_ReadsNoLayer()
    {
        RegistryImage.Push(Registry, "team/app");
        int[] first = await ScanAsync();
        int before = Downloads;

        Assert.Equal(first, await ScanAsync());
        Assert.Equal([1], first);
        Assert.Equal(before, Downloads);
    }

    [Fact]
    public async Task Remove_SecondTimeNothingMatches_ReadsNoLayer()
    {
        RegistryImage.Push(Registry, "team/app");
        await RemoveAsync($"{Host}/team/app:1", $"{Host}/team/app:a", "no/such");
        int before = Downloads;

        await RemoveAsync($"{Host}/team/app:1", $"{Host}/team/app:b", "no/such");

        Assert.Equal(before, Downloads);
    }

    [Fact]
    public async Task Remove_ZstdOfSeveralFramesThatIsKnown_IsTheSameAsIfItWereNot()
    {
        byte[] tar = new TarBuilder().Add("a", Sample.Text(100_000)).Add("b", Sample.Noise(50_000)).Add("c", Sample.Text(100_000))
            .ToBytes();
        Push(tar, [.. tar.Chunk(40_000).SelectMany(Zstd)], LayoutBuilder.ZstdLayer);
        RewrittenImage first = await RemoveAsync($"{Host}/team/app:1", $"{Host}/team/app:a", "b");
        Directory.Delete(_folder["cache"], recursive: true);
        await ListAsync($"{Host}/team/app:1");
        int before = Downloads;

        RewrittenImage second = await RemoveAsync($"{Host}/team/app:1", $"{Host}/team/app:b", "b");

        Assert.Equal(first.Published.Manifest.Digest, second.Published.Manifest.Digest);
        // The layer, and the config.
        Assert.Equal(2, Downloads - before);
    }

    [Fact]
    public async Task Remove_TargetOfAHardLinkOfAKnownLayer_FetchesTheLayerOnce()
    {
        Push(new TarBuilder().Add("a", Sample.Text(5000)).Add("b", type: '1', link: "a").ToBytes());
        await ListAsync($"{Host}/team/app:1");
        int before = Downloads;

        await RemoveAsync($"{Host}/team/app:1", $"{Host}/team/app:b", "a");

        Assert.Equal(2, Downloads - before);
        Assert.Equal(["b"], await ListAsync($"{Host}/team/app:b"));
    }

    [Fact]
    public async Task List_CacheIsDamaged_IsReadAnewAndMended()
    {
        RegistryImage.Push(Registry, "team/app");
        List<string> names = await ListAsync($"{Host}/team/app:1");
        string cached = Cached.Order().First();
        byte[] right = File.ReadAllBytes(cached);
        byte[][] damages = [[], right[..^1], right[..(right.Length / 2)], [.. right, 0], .. Enumerable.Range(0, right.Length)
            .Where(at => at % 7 == 0)
            .Select(at => Flip(right, at))];
        foreach (byte[] damaged in damages)
        {
            File.WriteAllBytes(cached, damaged);
            int before = Downloads;

            Assert.Equal(names, await ListAsync($"{Host}/team/app:1"));

            Assert.Equal(before + 1, Downloads);
            Assert.Equal(right.Length, new FileInfo(cached).Length);
        }
    }

    [Fact]
    public async Task List_EndedEarly_KeepsNothing()
    {
        RegistryImage.Push(Registry, "team/app");
        using (SelectedImages picked = await TestImages.OpenAsync($"{Host}/team/app:1"))
        {
            await foreach (ImageFile file in new FileLister(picked.Images[0], TestSession.Begin()).ListAsync(CancellationToken.None))
            {
                break;
            }
        }

        Assert.Empty(Cached);
    }

    [Fact]
    public async Task List_LayerIsNotWhatItsDigestSays_KeepsNothing()
    {
        RegistryImage image = RegistryImage.Push(Registry, "team/app");
        Registry.Content.Corrupt("team/app", image.Layers[0], RegistryImage.Gzip(new TarBuilder().Add("etc/other").ToBytes()));

        await GetErrorAsync(() => ListAsync($"{Host}/team/app:1"));

        Assert.Empty(Cached);
    }

    [Fact]
    public async Task List_MoreThanFits_ForgetsWhatWasNotUsedForLongest()
    {
        TestSession.Use(new OciSession(TestSession.ShortWaits) { Listings = new ListingCache(_folder["cache"]) { MaximumSize = 1000 } });
        for (int i = 0; i < 20; i++)
        {
            Push(new TarBuilder().Add($"file{i}").ToBytes());
            await DescribeAsync();
        }

        Assert.InRange(Cached.Sum(path => new FileInfo(path).Length), 1, 1000);
        int downloads = Downloads;
        await DescribeAsync();
        Assert.Equal(downloads, Downloads);
    }

    [Fact]
    public async Task List_MoreGlobalRecordsThanAreKept_KeepsNothing()
    {
        var tar = new TarBuilder();
        for (int i = 0; i < 80; i++)
        {
            tar.Global(("comment", new string((char)('a' + (i % 26)), 1_000_000))).Add($"file{i}");
        }

        Push(tar.ToBytes());

        Assert.Equal(80, (await ListAsync($"{Host}/team/app:1")).Count);
        Assert.Empty(Cached);
    }

    [Fact]
    public async Task List_LayoutsBlobChangedSince_IsReadAnew()
    {
        var images = new LayoutImages(_folder["images"]);
        JsonObject layer = images.Layer(("etc/a", "A"));
        images.Tag("1", images.Image("linux/amd64", [layer]));
        string reference = $"oci:{images.Folder}:1";
        string blob = images.BlobPath(LayoutImages.Digest(layer));
        File.SetLastWriteTimeUtc(blob, DateTime.UtcNow.AddMinutes(-1));
        Assert.Equal(["etc/a"], await ListAsync(reference));
        Assert.Equal(["etc/a"], await ListAsync(reference));

        File.WriteAllBytes(blob, new byte[new FileInfo(blob).Length]);
        Assert.Contains(
            (await GetErrorAsync(() => ListAsync(reference))).ErrorId, new[] { "DigestMismatch", "InvalidTar", "InvalidCompression" });

        File.Delete(blob);
        Assert.Equal("BlobNotFound", (await GetErrorAsync(() => ListAsync(reference))).ErrorId);
    }

    [Fact]
    public async Task Cache_Files_AreTheUsersAlone()
    {
        RegistryImage.Push(Registry, "team/app");
        await ListAsync($"{Host}/team/app:1");

        Assert.Equal(2, Cached.Length);
        if (!OperatingSystem.IsWindows())
        {
            Assert.All(Cached, path => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(path).UnixFileMode));
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                new DirectoryInfo(_folder["cache"]).UnixFileMode);
        }
    }

    /// <summary>How many files would go from each image.</summary>
    private async Task<int[]> ScanAsync()
    {
        var log = new RecordingLog();
        using ImageTree tree = await ImageTree.OpenAsync(
            ImageReference.Parse($"{Host}/team/app:1"), ManifestMode.PreferMultiArch, TestSession.Begin(log), CancellationToken.None);
        using FileRemover remover = await FileRemover.ScanAsync(
            tree, await PlatformSelection.All.SelectAsync(tree, TestSession.Begin(log), CancellationToken.None), FileSelection.ByPath(
                ["etc/secret.key"], [], recurse: false), TestSession.Begin(log), CancellationToken.None);
        return [.. remover.Images.Select(image => image.RemovedFiles.Count)];
    }

    private static byte[] NotUtf8()
    {
        byte[] header = TarBuilder.Header("name");
        header[1] = 0xff;
        return header;
    }

    private static byte[] Flip(byte[] bytes, int at)
    {
        byte[] flipped = [.. bytes];
        flipped[at] ^= 0x10;
        return flipped;
    }

    private static byte[] Zstd(byte[] bytes)
    {
        using var compressor = new ZstdSharp.Compressor();
        return compressor.Wrap(bytes).ToArray();
    }

    private void Push(byte[] tar) => Push(tar, RegistryImage.Gzip(tar), LayoutImages.LayerType);

    private void Push(byte[] tar, byte[] blob, string mediaType)
    {
        string layer = Registry.Content.PutBlob("team/app", blob);
        byte[] config = Encoding.UTF8.GetBytes(
            $$"""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:{{Sample.Hash(tar)}}"] } }""");
        byte[] manifest = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"{{LayoutImages.ManifestType}}","config":{"mediaType":"{{LayoutImages.ConfigType}}","digest":"{{Registry.Content.PutBlob("team/app", config)}}","size":{{config.Length}}},
            "layers":[{"mediaType":"{{mediaType}}","digest":"{{layer}}","size":{{blob.Length}}}]}
            """);
        Registry.Content.PutManifest("team/app", "1", manifest, LayoutImages.ManifestType);
    }

    /// <summary>All that is known of each entry.</summary>
    private async Task<string[]> DescribeAsync()
    {
        using SelectedImages picked = await TestImages.OpenAsync($"{Host}/team/app:1");
        var lines = new List<string>();
        PaxRecords? global = null;
        await foreach (ImageFile file in new FileLister(picked.Images[0], TestSession.Begin()).ListAsync(CancellationToken.None))
        {
            TarEntry entry = file.Entry;
            lines.Add(string.Join(
                ' ',
                entry.Ordinal,
                entry.Name,
                entry.HasUnsafeName,
                entry.Type,
                entry.Size,
                entry.Mode,
                entry.Uid,
                entry.Gid,
                entry.LastWriteTime.ToString("O"),
                entry.LinkTarget,
                entry.Start,
                entry.ContentStart,
                entry.StoredSize,
                entry.End,
                entry.MapLength,
                $"parts={entry.Sparse?.Parts.Count}",
                entry.Sparse?.RealSize,
                string.Join(',', entry.Sparse?.Parts ?? []),
                Encoding.UTF8.GetString(entry.Global.ToBytes()), ReferenceEquals(global, entry.Global)));
            global = entry.Global;
        }

        return [.. lines];
    }
}
