// SPDX-License-Identifier: MIT

using System.Globalization;
using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Images;
using OciPS.Tar;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry;

/// <summary>Layers that carry their own index are listed by it.</summary>
public sealed class StargzTests : RegistryTestBase, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private StargzLayer _layer = null!;
    private string _digest = string.Empty;

    public StargzTests() => TestSession.UseListings(_folder["cache"]);

    public void Dispose() => _folder.Dispose();

    private string Reference => $"{Host}/team/app:1";

    private RegistryRequest[] Downloads =>
        [.. Registry.Requests.Where(
            request => request.Method == "GET" && request.Path.Contains($"/blobs/{_digest}", StringComparison.Ordinal))];

    [PeerFact("python3")]
    public async Task List_OwnIndex_IsAsPythonListsTheLayerWithoutReadingIt()
    {
        Push();

        string[] lines = [.. (await FilesAsync()).Select(Describe)];

        Assert.Equal(StargzLayer.Describe(_folder["stargz"]), lines);
        Assert.Equal(2, Downloads.Length);
        Assert.All(Downloads, request => Assert.True(GetStart(request) > _layer.Blob.Length - 20_000, request.Range));
        // What was not read is not known.
        Assert.False(Directory.Exists(_folder["cache"]) && Directory.GetFiles(_folder["cache"]).Length > 0);
    }

    [PeerFact("python3")]
    public async Task Open_EachFile_IsAsPythonReadsIt()
    {
        Push();
        IReadOnlyDictionary<string, string> expected = LayerFiles.Read(_folder["stargz"]);

        // As they pass by: few requests for all of them.
        List<ImageFile> files = await FilesAsync(async file =>
        {
            if (file.Entry.Type == TarEntryType.File && file.Entry.Name != "stargz.index.json")
            {
                Assert.Equal(expected[file.Entry.Name], Sample.Hash(await BytesAsync(file)));
            }
        });
        Assert.InRange(Downloads.Length, 3, 12);

        foreach (ImageFile file in files.Where(file => file.Entry.Type == TarEntryType.File))
        {
            Assert.Equal(expected[file.Entry.Name], Sample.Hash(await BytesAsync(file)));
        }

        Assert.Equal("first"u8.ToArray(), await BytesAsync(files.Single(file => file.Entry.Name == "etc/hard")));
    }

    [PeerFact("python3")]
    public async Task Open_OneFile_ReadsNoMoreThanItsMembers()
    {
        Push();

        await FilesAsync(async file =>
        {
            if (file.Entry.Name == "etc/first")
            {
                Assert.Equal("first"u8.ToArray(), await BytesAsync(file));
            }
        });

        Assert.Equal(3, Downloads.Length);
        string[] ends = Downloads[2].Range["bytes=".Length..].Split('-');
        Assert.InRange(long.Parse(ends[1], CultureInfo.InvariantCulture) - long.Parse(ends[0], CultureInfo.InvariantCulture), 1, 2000);
    }

    [PeerTheory("python3")]
    [InlineData("no annotation")]
    [InlineData("another digest")]
    [InlineData("no footer")]
    [InlineData("no ranges")]
    public async Task List_IndexIsOfNoUse_ReadsTheLayer(string why)
    {
        Push(
            why == "no annotation" ? null : why == "another digest" ? "sha256:" + Sample.Hash([]) : string.Empty,
            cut: why == "no footer" ? 51 : 0);
        Registry.Options.KnowsNoRanges = why == "no ranges";

        string[] lines = [.. (await FilesAsync()).Select(Describe)];

        Assert.Equal(StargzLayer.Describe(_folder["stargz"]), lines);
        Assert.Contains(Downloads, request => request.Range.Length == 0);
        Assert.Single(Directory.GetFiles(_folder["cache"]));
    }

    [PeerFact("python3")]
    public async Task Open_ChunkIsNotWhatItsDigestSays_IsAnError()
    {
        Push();
        List<ImageFile> files = await FilesAsync();
        byte[] changed = (byte[])_layer.Blob.Clone();
        changed[changed.Length / 2] ^= 1;
        Registry.Content.Corrupt("team/app", _digest, changed);
        int errors = 0;

        foreach (ImageFile file in files.Where(file => file.Entry.Type == TarEntryType.File && file.Entry.Name != "stargz.index.json"))
        {
            try
            {
                await BytesAsync(file);
            }
            catch (OciException error)
            {
                Assert.Contains(error.ErrorId, new[] { "DigestMismatch", "InvalidCompression", "SizeMismatch" });
                errors++;
            }
        }

        Assert.Equal(1, errors);
    }

    [PeerFact("python3")]
    public async Task Remove_ListedBefore_ReadsTheLayerProperly()
    {
        Push();
        await FilesAsync();

        await RemoveAsync(Reference, $"{Host}/team/app:2", "etc/first");

        using SelectedImages picked = await TestImages.OpenAsync($"{Host}/team/app:2");
        var names = new List<string>();
        await foreach (ImageFile file in new FileLister(picked.Images[0], TestSession.Begin()).ListAsync(CancellationToken.None))
        {
            names.Add(file.Entry.Name);
        }

        Assert.DoesNotContain("etc/first", names);
        Assert.Contains("etc/hard", names);
        Assert.Contains(Downloads, request => request.Range.Length == 0);
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

    /// <param name="toc">The digest that the manifest names; null for none, an empty one for the right one.</param>
    /// <param name="cut">How much is missing at the end.</param>
    private void Push(string? toc = "", int cut = 0)
    {
        _layer = StargzLayer.Create(_folder);
        _digest = _layer.Push(Registry, toc, cut);
    }
}
