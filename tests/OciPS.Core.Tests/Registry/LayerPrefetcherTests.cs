// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Images;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry;

/// <summary>Layers that are listed before it is their turn, since nobody reads what is in the files.</summary>
public sealed class LayerPrefetcherTests : RegistryTestBase, IDisposable
{
    private const int FirstFiles = 150;

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _layers = [];

    private int Downloads =>
        Registry.Requests.Count(
            request => request.Method == "GET" && !request.IsProbe && request.Path.Contains("/blobs/", StringComparison.Ordinal));

    private string Reference => $"{Host}/team/app:1";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        var images = new LayoutImages(_folder["in"]);
        JsonObject[] layers = [
            images.Layer(Files("first", FirstFiles)),
            images.Layer(Files("second", 3)),
            images.Layer(Files("third", 40)),
            images.Layer(Files("fourth", 5))];
        _layers.AddRange(layers.Select(LayoutImages.Digest));
        images.Tag("1", images.Image("linux/amd64", layers));
        await TestImages.CopyAsync($"oci:{images.Folder}:1", Reference);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task List_NobodyReadsContent_GivesAllInOrderAndFetchesEachLayerOnce(bool isKept)
    {
        Keep(isKept);

        Assert.Equal(Names(), await ListAsync(Reference));

        Assert.Equal(4, Downloads);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task List_ContentOfLayersListedAhead_IsTheirs(bool isKept)
    {
        Keep(isKept);
        using SelectedImages picked = await TestImages.OpenAsync(Reference);
        var contents = new List<string>();

        await foreach (ImageFile file in new FileLister(picked.Images[0], TestSession.Begin()).ListAsync(CancellationToken.None))
        {
            if (file.LayerIndex > 0)
            {
                contents.Add(await ReadAsync(file));
            }
        }

        Assert.Equal(Names().Skip(FirstFiles).Select(name => "content of " + name), contents);
    }

    [Fact]
    public async Task List_FirstFilesAreRead_FetchesNoLayerBeforeItsTurn()
    {
        Keep(false);
        using SelectedImages picked = await TestImages.OpenAsync(Reference);

        await foreach (ImageFile file in new FileLister(picked.Images[0], TestSession.Begin()).ListAsync(CancellationToken.None))
        {
            Assert.Equal("content of " + file.Entry.Name, await ReadAsync(file));
            Assert.Equal(file.LayerIndex + 1, Downloads);
        }

        Assert.Equal(4, Downloads);
    }

    [Fact]
    public async Task List_FewFilesAreTaken_FetchesNoOtherLayer()
    {
        Keep(false);
        using SelectedImages picked = await TestImages.OpenAsync(Reference);

        Assert.Equal(50, await TakeAsync(picked, 50));

        Assert.Equal(1, Downloads);
    }

    [SeveralCoresFact]
    public async Task List_ManyFilesPassBy_FetchesTheLargestLayerAhead()
    {
        Keep(false);
        using SelectedImages picked = await TestImages.OpenAsync(Reference);
        int number = 0;

        await foreach (ImageFile file in new FileLister(picked.Images[0], TestSession.Begin()).ListAsync(CancellationToken.None))
        {
            if (++number == FirstFiles)
            {
                await WaitForAsync(() => Downloads > 1);
                Assert.EndsWith(
                    _layers[2],
                    Registry.Requests.Where(request => request.Method == "GET"
                        && !request.IsProbe
                        && request.Path.Contains("/blobs/", StringComparison.Ordinal)).ElementAt(1).Path,
                    StringComparison.Ordinal);
            }
        }

        Assert.Equal(4, Downloads);
    }

    [SeveralCoresFact]
    public async Task List_LeftWhileOthersAreFetched_EndsThem()
    {
        Keep(false);
        Registry.Options.Fault = (_, request) => request.Path.Contains(_layers[0], StringComparison.Ordinal) ? null
            : new RegistryFault("slow") { Pause = TimeSpan.FromSeconds(10) };
        using SelectedImages picked = await TestImages.OpenAsync(Reference);
        long begin = 0;
        int number = 0;

        await foreach (ImageFile file in new FileLister(picked.Images[0], TestSession.Begin()).ListAsync(CancellationToken.None))
        {
            if (++number == FirstFiles)
            {
                await WaitForAsync(() => Downloads > 1);
                begin = Stopwatch.GetTimestamp();
                break;
            }
        }

        Assert.InRange(Stopwatch.GetElapsedTime(begin), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task List_LayerBehindIsDamaged_GivesWhatComesBeforeItsEnd(int damaged)
    {
        Keep(true);
        Registry.Options.Fault = (_, request) => request.Path.Contains(_layers[damaged], StringComparison.Ordinal)
            ? new RegistryFault("wrong") { WrongBytes = true }
            : null;
        using SelectedImages picked = await TestImages.OpenAsync(Reference);
        var layers = new HashSet<int>();

        async Task ListAllAsync()
        {
            await foreach (ImageFile file in new FileLister(picked.Images[0], TestSession.Begin()).ListAsync(CancellationToken.None))
            {
                layers.Add(file.LayerIndex);
            }
        }

        OciException error = await GetErrorAsync(ListAllAsync);

        Assert.Contains(error.ErrorId, (string[])["DigestMismatch", "InvalidCompression"]);
        Assert.Contains(_layers[damaged], error.Message, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, damaged), layers.Where(layer => layer != damaged));
    }

    private static (string Name, string Content)[] Files(string folder, int count) =>
        [.. Enumerable.Range(0, count).Select(number => ($"{folder}/{number}", $"content of {folder}/{number}"))];

    private static IEnumerable<string> Names() =>
        Files("first", FirstFiles).Concat(Files("second", 3)).Concat(Files("third", 40)).Concat(Files("fourth", 5))
            .Select(file => file.Name);

    private static async Task<string> ReadAsync(ImageFile file)
    {
        using Stream content = await file.OpenAsync(CancellationToken.None);
        using var reader = new StreamReader(content, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    private static async Task<int> TakeAsync(SelectedImages picked, int count)
    {
        int taken = 0;
        await foreach (ImageFile file in new FileLister(picked.Images[0], TestSession.Begin()).ListAsync(CancellationToken.None))
        {
            if (++taken == count)
            {
                break;
            }
        }

        return taken;
    }

    private static async Task WaitForAsync(Func<bool> isSo)
    {
        for (int attempt = 0; attempt < 500 && !isSo(); attempt++)
        {
            await Task.Delay(20);
        }

        Assert.True(isSo());
    }

    private void Keep(bool isKept) => TestSession.UseListings(isKept ? _folder["cache"] : null);

    /// <summary>A single core has enough to do with the layer whose turn it is.</summary>
    private sealed class SeveralCoresFactAttribute : FactAttribute
    {
        public SeveralCoresFactAttribute() => Skip = Environment.ProcessorCount > 1 ? null : "There is one core.";
    }
}
