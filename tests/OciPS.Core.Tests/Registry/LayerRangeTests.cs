// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Text;
using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Images;
using OciPS.Tar;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry;

/// <summary>Content out of layers that were read before: only the part that it is in is fetched.</summary>
public sealed class LayerRangeTests : RegistryTestBase, IDisposable
{
    private static readonly Lazy<byte[]> s_tar = new(() => Tool.Run("python3", "-c", LayerFiles.Write));

    private readonly TemporaryFolder _folder = new();
    private byte[] _blob = [];
    private string _digest = string.Empty;

    public LayerRangeTests() => TestSession.UseListings(_folder["cache"]);

    public void Dispose() => _folder.Dispose();

    private string Reference => $"{Host}/team/app:1";

    private RegistryRequest[] Downloads =>
        [.. Registry.Requests.Where(
            request => request.Method == "GET" && request.Path.Contains($"/blobs/{_digest}", StringComparison.Ordinal))];

    [PeerTheory("python3", "pigz")]
    [InlineData("cat")]
    [InlineData("gzip -1")]
    [InlineData("gzip -9")]
    [InlineData("pigz -p 2 -b 128")]
    [InlineData("pigz -p 2 -i -6")]
    [InlineData("split -b 700000 --filter=gzip")]
    public async Task Open_EachFileLater_IsAsPythonReadsItInOneRequestOfAPart(string compress)
    {
        Push(compress);
        IReadOnlyDictionary<string, string> expected = LayerFiles.Read(_folder.Write("layer", _blob));
        List<ImageFile> files = await FilesAsync();
        Assert.Equal(expected.Keys.Order(), files.Select(file => file.Entry.Name).Order());

        foreach (ImageFile file in files)
        {
            int before = Downloads.Length;
            Assert.Equal(expected[file.Entry.Name], await HashAsync(file));

            RegistryRequest[] requests = Downloads[before..];
            Assert.True(requests.Length == (file.Entry.Size > 0 ? 1 : 0), $"{file.Entry.Name}: {requests.Length} requests");
            // Two points of a megabyte each around it, rounded up to blocks.
            Assert.All(requests, request => Assert.InRange(GetLength(request), 1, file.Entry.Size + (3 * 1024 * 1024)));
        }
    }

    [PeerTheory("python3")]
    [InlineData("cat")]
    [InlineData("gzip -6")]
    public async Task Open_OneAfterTheOther_TakesFewRequests(string compress)
    {
        Push(compress);
        IReadOnlyDictionary<string, string> expected = LayerFiles.Read(_folder.Write("layer", _blob));
        await FilesAsync();
        int before = Downloads.Length;

        await ListAsync(async file => Assert.Equal(expected[file.Entry.Name], await HashAsync(file)));

        Assert.InRange(Downloads.Length - before, 2, 6);
        Assert.InRange(Downloads[before..].Sum(GetLength), _blob.Length - 70_000, _blob.Length);
    }

    [PeerFact("python3")]
    public async Task Open_FirstAndLastOfManyInTheStream_LeavesOutWhatIsBetween()
    {
        Push("gzip -6");
        List<ImageFile> files = await FilesAsync();
        int before = Downloads.Length;

        await ListAsync(async file =>
        {
            if (file.Entry.Name == "first" || file.Entry.Name == "last")
            {
                Assert.Equal(5, (await BytesAsync(file)).Length);
            }
        });

        Assert.Equal(2, Downloads.Length - before);
        Assert.InRange(Downloads[before..].Sum(GetLength), 1, _blob.Length / 2);
    }

    [PeerFact("python3")]
    public async Task Open_RegistryKnowsNoRanges_ReadsFromTheBeginning()
    {
        Push("gzip -6");
        IReadOnlyDictionary<string, string> expected = LayerFiles.Read(_folder.Write("layer", _blob));
        await FilesAsync();
        Registry.Options.KnowsNoRanges = true;
        int before = Downloads.Length;

        await ListAsync(async file => Assert.Equal(expected[file.Entry.Name], await HashAsync(file)));

        Assert.InRange(Downloads.Length - before, 2, 3);
    }

    [PeerFact("python3")]
    public async Task Open_PartIsDamaged_IsDigestMismatch()
    {
        Push("gzip -6");
        List<ImageFile> files = await FilesAsync();
        byte[] damaged = (byte[])_blob.Clone();
        damaged[^100_000] ^= 1;
        Registry.Content.Corrupt("team/app", _digest, damaged);

        Assert.Equal(5, (await BytesAsync(files.Single(file => file.Entry.Name == "first"))).Length);
        Assert.Equal("DigestMismatch", (await GetErrorAsync(() => BytesAsync(files.Single(file => file.Entry.Name == "last")))).ErrorId);

        Registry.Content.Corrupt("team/app", _digest, _blob[..^200_000]);
        Assert.Equal("SizeMismatch", (await GetErrorAsync(() => BytesAsync(files.Single(file => file.Entry.Name == "last")))).ErrorId);
    }

    [PeerFact("python3")]
    public async Task Open_PartBreaksOff_GoesOn()
    {
        Push("gzip -6");
        List<ImageFile> files = await FilesAsync();
        ImageFile last = files.Single(file => file.Entry.Name == "last");
        int failures = 1;
        Registry.Options.Fault = (_, request) => request.Range.Length > 0 && Interlocked.Decrement(ref failures) >= 0
            ? new RegistryFault("cut") { CutAt = 10_000 }
            : null;
        int before = Downloads.Length;

        Assert.Equal(5, (await BytesAsync(last)).Length);

        string[] ranges = [.. Downloads[before..].Select(request => request.Range)];
        Assert.Equal(2, ranges.Length);
        Assert.Equal(GetStart(ranges[0]) + 10_000, GetStart(ranges[1]));
    }

    [PeerFact("python3")]
    public async Task Open_LinkLater_ReadsOnlyThePartOfItsTarget()
    {
        Push("gzip -6");
        List<ImageFile> files = [];
        await ListAllAsync(files.Add);
        int before = Downloads.Length;

        Assert.Equal(5, (await BytesAsync(files.Single(file => file.Entry.Name == "link"))).Length);

        Assert.Equal(1, Downloads.Length - before);
    }

    [PeerFact("python3", "docker-registry")]
    public async Task Open_RealRegistry_IsAsPythonReadsIt()
    {
        using var registry = new DockerRegistry();
        Push("gzip -6");
        IReadOnlyDictionary<string, string> expected = LayerFiles.Read(_folder.Write("layer", _blob));
        string reference = $"{registry.Host}/team/app:1";
        await TestImages.CopyAsync(Reference, reference);
        List<ImageFile> files = [];
        await ListAllAsync(files.Add, reference);

        foreach (ImageFile file in files.Where(file => file.Entry.Type == TarEntryType.File))
        {
            Assert.Equal(expected[file.Entry.Name], await HashAsync(file));
        }
    }

    [PeerFact("python3")]
    public async Task Open_Layout_ReadsThePartOfTheFile()
    {
        Push("gzip -6");
        IReadOnlyDictionary<string, string> expected = LayerFiles.Read(_folder.Write("blob", _blob));
        string reference = $"oci:{_folder["layout"]}:1";
        await TestImages.CopyAsync(Reference, reference);
        string path = _folder[$"layout/blobs/sha256/{_digest["sha256:".Length..]}"];
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-1));
        List<ImageFile> files = [];
        await ListAllAsync(files.Add, reference);

        foreach (ImageFile file in files.Where(file => file.Entry.Type == TarEntryType.File))
        {
            Assert.Equal(expected[file.Entry.Name], await HashAsync(file));
        }

        // What nobody asks for is not looked at, which shows that only a part is read.
        using (FileStream blob = File.OpenWrite(path))
        {
            blob.Position = blob.Length / 2;
            blob.Write(new byte[1000]);
        }

        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-1));
        Assert.Equal(5, (await BytesAsync(files.Single(file => file.Entry.Name == "last"))).Length);
    }

    private static long GetStart(string range) => long.Parse(range["bytes=".Length..range.IndexOf('-')], CultureInfo.InvariantCulture);

    private long GetLength(RegistryRequest request)
    {
        if (request.Range.Length == 0)
        {
            return _blob.Length;
        }

        string last = request.Range[(request.Range.IndexOf('-') + 1)..];
        return Math.Min(_blob.Length - 1, long.Parse(last, CultureInfo.InvariantCulture)) - GetStart(request.Range) + 1;
    }

    private static async Task<byte[]> BytesAsync(ImageFile file)
    {
        using Stream content = await file.OpenAsync(CancellationToken.None);
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    private static async Task<string> HashAsync(ImageFile file) => Sample.Hash(await BytesAsync(file));

    private async Task<List<ImageFile>> FilesAsync()
    {
        var files = new List<ImageFile>();
        await ListAllAsync(files.Add);
        return [.. files.Where(file => file.Entry.Type == TarEntryType.File)];
    }

    private Task ListAllAsync(Action<ImageFile> see, string? reference = null) => ListAsync(
        file =>
        {
            see(file);
            return Task.CompletedTask;
        },
        reference,
        all: true);

    private async Task ListAsync(Func<ImageFile, Task> see, string? reference = null, bool all = false)
    {
        using SelectedImages picked = await TestImages.OpenAsync(reference ?? Reference);
        await foreach (ImageFile file in new FileLister(picked.Images[0], TestSession.Begin()).ListAsync(CancellationToken.None))
        {
            if (all || file.Entry.Type == TarEntryType.File)
            {
                await see(file);
            }
        }
    }

    private void Push(string compress)
    {
        _folder.Write("tar", s_tar.Value);
        _blob = Tool.Shell(_folder["."], $"cat tar | {compress}");
        _digest = Registry.Content.PutBlob("team/app", _blob);
        byte[] config = Encoding.UTF8.GetBytes(
            $$"""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:{{Sample.Hash(s_tar.Value)}}"] } }""");
        byte[] manifest = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"{{LayoutImages.ManifestType}}","config":{"mediaType":"{{LayoutImages.ConfigType}}","digest":"{{Registry.Content.PutBlob("team/app", config)}}","size":{{config.Length}}},
            "layers":[{"mediaType":"{{LayoutImages.LayerType}}","digest":"{{_digest}}","size":{{_blob.Length}}}]}
            """);
        Registry.Content.PutManifest("team/app", "1", manifest, LayoutImages.ManifestType);
    }
}
