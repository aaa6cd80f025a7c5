// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Registry;
using OciPS.Core.Tests.Support;
using OciPS.Images;
using OciPS.Layers;
using OciPS.Layers.Listings;
using OciPS.Sessions;
using OciPS.Tar;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Layers;

/// <summary>Where the entries of a layer come from, and what is asked of the registry for that.</summary>
public sealed class LayerTests : RegistryTestBase, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RecordingLog _log = new();
    private SelectedImages? _picked;

    public LayerTests() => UseCache(_folder["cache"]);

    public void Dispose()
    {
        _picked?.Dispose();
        _folder.Dispose();
    }

    private RegistryRequest[] BlobRequests =>
        [.. Registry.Requests.Where(request => !request.IsProbe && request.Path.Contains("/blobs/", StringComparison.Ordinal))];

    private string[] Cached => Directory.Exists(_folder["cache"]) ? Directory.GetFiles(_folder["cache"], "*.layer") : [];

    [Fact]
    public async Task GetEntries_FirstTime_ReadsTheLayerOnceAndKeepsIt()
    {
        RegistryImage image = RegistryImage.Push(Registry, "team/app");
        Layer layer = (await LayersAsync())[1];
        int before = BlobRequests.Length;

        Assert.Equal(["app/run"], await NamesAsync(layer));

        RegistryRequest request = Assert.Single(BlobRequests[before..]);
        Assert.EndsWith(image.Layers[1], request.Path, StringComparison.Ordinal);
        Assert.Empty(request.Range);
        Assert.Single(Cached);
    }

    [Fact]
    public async Task GetEntries_NotReadToItsEnd_KeepsNothing()
    {
        RegistryImage.Push(Registry, "team/app");
        Layer layer = (await LayersAsync())[1];

        using (LayerEntries entries = await layer.GetEntriesAsync(CancellationToken.None))
        {
            Assert.NotNull(await entries.ReadAsync(CancellationToken.None));
        }

        Assert.Empty(Cached);
    }

    [Fact]
    public async Task GetEntries_SecondTime_ComeFromTheCache()
    {
        RegistryImage.Push(Registry, "team/app");
        Layer layer = (await LayersAsync())[1];
        await NamesAsync(layer);
        int before = BlobRequests.Length;

        Assert.Equal(["app/run"], await NamesAsync(layer));

        Assert.Equal(before, BlobRequests.Length);
        Assert.Contains(_log.Messages, message => message == $"{layer.Name} was read before: its listing is cached.");
    }

    [PeerFact("python3")]
    public async Task GetEntries_TableOfContents_ComeFromItAndKeepNothing()
    {
        StargzLayer.Create(_folder).Push(Registry);
        Layer layer = Assert.Single(await LayersAsync());
        int before = BlobRequests.Length;

        Assert.Contains("etc/first", await NamesAsync(layer));

        Assert.Equal(2, BlobRequests.Length - before);
        Assert.All(BlobRequests[before..], request => Assert.NotEmpty(request.Range));
        Assert.Empty(Cached);
        Assert.Contains(_log.Messages, message => message == $"{layer.Name} has a table of contents, which is used.");
    }

    [PeerFact("python3")]
    public async Task GetEntries_TableOfContentsAndCache_ComeFromTheCache()
    {
        Layer layer = await PushReadStargzAsync();
        int before = BlobRequests.Length;

        Assert.Contains("etc/first", await NamesAsync(layer));

        Assert.Equal(before, BlobRequests.Length);
    }

    [PeerFact("python3")]
    public async Task GetEntries_TableOfContentsThatIsNotBelieved_ReadsTheLayer()
    {
        UseCache(null);
        StargzLayer.Create(_folder).Push(Registry);
        Layer layer = Assert.Single(await LayersAsync());
        int before = BlobRequests.Length;

        Assert.Contains("etc/first", await NamesAsync(layer));

        Assert.Empty(Assert.Single(BlobRequests[before..]).Range);
    }

    [PeerFact("python3")]
    public async Task GetEntriesAgain_EntryOfATableOfContents_ComeFromThereInSpiteOfTheCache()
    {
        Layer layer = await PushReadStargzAsync();
        TarEntry listed = Entries.File("etc/first");
        int before = BlobRequests.Length;

        TarEntry found = await FindAsync(await layer.GetEntriesAgainAsync(WithoutPlace(listed), CancellationToken.None), "etc/first");

        Assert.False(found.HasPlace);
        Assert.Equal(2, BlobRequests.Length - before);
    }

    [PeerFact("python3")]
    public async Task GetEntriesAgain_EntryOfTheTar_ReadsTheLayerAndKeepsNothing()
    {
        StargzLayer.Create(_folder).Push(Registry);
        Layer layer = Assert.Single(await LayersAsync());
        int before = BlobRequests.Length;

        using LayerEntries entries = await layer.GetEntriesAgainAsync(Entries.File("etc/first"), CancellationToken.None);
        TarEntry found = await FindAsync(entries, "last");
        await entries.FinishAsync(CancellationToken.None);

        Assert.True(found.HasPlace);
        Assert.Empty(Assert.Single(BlobRequests[before..]).Range);
        Assert.Empty(Cached);
    }

    [PeerTheory("python3")]
    [InlineData("reading")]
    [InlineData("table of contents")]
    [InlineData("cache")]
    public async Task Live_AnyEntries_OpensTheContentOfTheEntryThatWasReadLast(string from)
    {
        Layer layer = await PushReadStargzAsync();
        foreach (string cached in from == "cache" ? [] : Cached)
        {
            File.Delete(cached);
        }

        Registry.Options.KnowsNoRanges = from == "reading";
        using LayerEntries entries = await layer.GetEntriesAsync(CancellationToken.None);
        await FindAsync(entries, "etc/first");

        Assert.Equal("first", await TextAsync(await entries.Live(CancellationToken.None)));

        await FindAsync(entries, "last");
        Assert.Equal("last!", await TextAsync(await entries.Live(CancellationToken.None)));
        await entries.FinishAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Recall_EntriesAtHand_AsksForNothingUntilContentIsWanted()
    {
        RegistryImage.Push(Registry, "team/app");
        Layer layer = (await LayersAsync())[1];
        TarEntry entry = await FindAsync(await layer.GetEntriesAgainAsync(Entries.File("any"), CancellationToken.None), "app/run");
        int before = BlobRequests.Length;

        using LayerEntries entries = await layer.RecallAsync([entry], CancellationToken.None);
        Assert.Same(entry, await entries.ReadAsync(CancellationToken.None));
        Assert.Equal(before, BlobRequests.Length);

        Assert.Equal(9000, (await TextAsync(await entries.Live(CancellationToken.None))).Length);
        Assert.Null(await entries.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Name_OfALayer_HasItsNumberAndItsDigest()
    {
        RegistryImage image = RegistryImage.Push(Registry, "team/app");

        Layer layer = (await LayersAsync())[1];

        Assert.Equal("Layer 1", layer.Label);
        Assert.Equal($"Layer 1 ({image.Layers[1]})", layer.Name);
        Assert.Equal(layer.Name, layer.ToString());
        Assert.Equal($"Layer 1 ({image.Layers[1]}) of '{Host}/team/app:1'", layer.NameInImage);
    }

    [Fact]
    public async Task OpenCompressed_LayerThatWasChanged_SaysWhichItIs()
    {
        RegistryImage image = RegistryImage.Push(Registry, "team/app");
        Layer layer = (await LayersAsync())[1];
        byte[] changed = (byte[])Registry.Content.FindBlob("team/app", image.Layers[1])!.Clone();
        changed[^1] ^= 1;
        Registry.Content.Corrupt("team/app", image.Layers[1], changed);

        OciException error = await GetErrorAsync(async () => await TextAsync(await layer.OpenCompressedAsync(CancellationToken.None)));

        Assert.Equal(ErrorIds.DigestMismatch, error.ErrorId);
        Assert.Contains(layer.Name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TryOpenPart_OfALayer_AsksForThatPartAlone()
    {
        RegistryImage image = RegistryImage.Push(Registry, "team/app");
        Layer layer = (await LayersAsync())[0];

        using Stream part = Assert.IsAssignableFrom<Stream>(await layer.TryOpenPartAsync(10, 20, CancellationToken.None));
        using var bytes = new MemoryStream();
        await part.CopyToAsync(bytes);

        Assert.Equal(Registry.Content.FindBlob("team/app", image.Layers[0])![10..30], bytes.ToArray());
        Assert.Equal("bytes=10-29", BlobRequests[^1].Range);
    }

    [Fact]
    public async Task ReadDiffId_OfALayer_IsTheDigestOfItsTar()
    {
        RegistryImage.Push(Registry, "team/app");
        Layer layer = (await LayersAsync())[0];
        using LayerReader reader = await layer.OpenReaderAsync(CancellationToken.None);
        using var tar = new MemoryStream();
        await reader.Decompressed.CopyToAsync(tar);

        string diffId = (await layer.ReadDiffIdAsync(LayerHashing.Whole, CancellationToken.None)).ToString();

        Assert.Equal("sha256:" + Sample.Hash(tar.ToArray()), diffId);
    }

    // Without a folder of its own, the cache is off in tests.
    private static void UseCache(string? folder) =>
        TestSession.Use(new OciSession(TestSession.ShortWaits) { Listings = new ListingCache(folder) });

    private static TarEntry WithoutPlace(TarEntry entry) => new()
    {
        Name = entry.Name,
        Type = entry.Type,
        Size = entry.Size,
        StoredSize = entry.StoredSize,
        LinkTarget = entry.LinkTarget,
        Ordinal = entry.Ordinal,
        Start = -1,
        ContentStart = -1,
    };

    private static async Task<List<string>> NamesAsync(Layer layer)
    {
        using LayerEntries entries = await layer.GetEntriesAsync(CancellationToken.None);
        var names = new List<string>();
        while (await entries.ReadAsync(CancellationToken.None) is { } entry)
        {
            names.Add(entry.Name);
        }

        await entries.FinishAsync(CancellationToken.None);
        return names;
    }

    private static async Task<TarEntry> FindAsync(LayerEntries entries, string name)
    {
        while (await entries.ReadAsync(CancellationToken.None) is { } entry)
        {
            if (entry.Name == name)
            {
                return entry;
            }
        }

        throw new InvalidOperationException($"There is no '{name}'.");
    }

    private static async Task<string> TextAsync(Stream content)
    {
        using var text = new StreamReader(content);
        return await text.ReadToEndAsync();
    }

    private async Task<IReadOnlyList<Layer>> LayersAsync()
    {
        _picked?.Dispose();
        _picked = await TestImages.OpenAsync($"{Host}/team/app:1");
        return _picked.Images[0].GetLayers(TestSession.Begin(_log));
    }

    /// <summary>A layer with a table of contents that was read all the same.</summary>
    private async Task<Layer> PushReadStargzAsync()
    {
        StargzLayer.Create(_folder).Push(Registry);
        Layer layer = Assert.Single(await LayersAsync());
        Registry.Options.KnowsNoRanges = true;
        await NamesAsync(layer);
        Registry.Options.KnowsNoRanges = false;
        Assert.Single(Cached);
        return layer;
    }
}
