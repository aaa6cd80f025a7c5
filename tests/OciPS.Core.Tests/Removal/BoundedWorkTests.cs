// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Core.Tests.Registry;
using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Removal;
using OciPS.Tar;

namespace OciPS.Core.Tests.Removal;

/// <summary>Small images that stand for much work, counted by steps and requests, not by the clock.</summary>
public sealed class BoundedWorkTests : RegistryTestBase, IDisposable
{
    private const int Links = 20_000;

    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;

    public BoundedWorkTests() => _images = new LayoutImages(_folder["in"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Plan_ManyLinksThroughARemovedChain_TakesAFewStepsForEach()
    {
        TarEntry[] chain = [Entries.File("l0"), .. Enumerable.Range(1, Links / 2).Select(i => Entries.HardLink($"l{i}", $"l{i - 1}"))];
        TarEntry[] kept = [.. Enumerable.Range(0, Links / 2).Select(i => Entries.HardLink($"k{i}", $"l{i}"))];

        RemovalPlan plan = RemovalPlanner.Plan([Entries.Layer(0, chain, [.. chain, .. kept])], recurse: false);

        Assert.InRange(plan.Steps, 1, 3 * Links);
        Assert.Equal("k0", Assert.Single(plan.Promoted).Entry.Name);
        EntryDecision.Relink[] others = [.. plan.Decisions[0].OfType<EntryDecision.Relink>()];
        Assert.Equal(kept.Length - 1, others.Length);
        Assert.All(others, edit => Assert.Equal("k0", edit.Target));
    }

    [Fact]
    public void Plan_ChainThatEndsNowhere_TakesAFewStepsForEach()
    {
        TarEntry[] chain = [.. Enumerable.Range(1, Links / 2).Select(i => Entries.HardLink($"l{i}", $"l{i - 1}"))];
        TarEntry[] kept = [.. Enumerable.Range(1, Links / 2).Select(i => Entries.HardLink($"k{i}", $"l{i}"))];

        RemovalPlan plan = RemovalPlanner.Plan([Entries.Layer(0, chain, [.. chain, .. kept])], recurse: false);

        Assert.InRange(plan.Steps, 1, 3 * Links);
        Assert.Empty(plan.Promoted);
        Assert.DoesNotContain(plan.Decisions[0], edit => edit is not EntryDecision.Remove);
    }

    [Fact]
    public async Task Content_OfALongChain_LooksThroughTheLayersOnce()
    {
        string reference = PushChain(200);

        Assert.Equal("deep", await ReadAsync(reference, "l199", "upper"));

        // For the config, for listing both layers, for both again to find what the links lead to, and for the file.
        Assert.InRange(Downloads, 1, 6);
    }

    [Fact]
    public async Task Content_OfEachLinkOfAChain_LooksThroughTheLayersOnceForAll()
    {
        string reference = PushChain(100);
        using SelectedImages picked = await TestImages.OpenAsync(reference);
        List<ImageFile> files = [];
        await foreach (ImageFile file in new FileLister(picked.Images[0], TestSession.Begin()).ListAsync(CancellationToken.None))
        {
            files.Add(file);
        }

        int before = Downloads;
        foreach (ImageFile file in files)
        {
            Assert.Equal("deep", await ReadAsync(file));
        }

        // Each file is fetched when it is asked for; what links lead to is found in one look through each layer of links.
        Assert.InRange(Downloads - before, files.Count, files.Count + 3);
    }

    [Fact]
    public async Task Content_OfTheLastOf20000Links_IsThatOfTheFirst()
    {
        JsonObject layer = _images.Layer([("l0", "deep"), .. Enumerable.Range(1, Links).Select(i => ($"l{i}->l{i - 1}", string.Empty))]);
        _images.Tag("1", _images.Image("linux/amd64", [layer]));

        Assert.Equal("deep", await ReadAsync($"oci:{_images.Folder}:1", $"l{Links}"));
    }

    [Fact]
    public async Task Content_OfLinks_IsThatOfTheLastEarlierEntryOfTheName()
    {
        JsonObject below = _images.Layer(("a", "below"), ("b->a", ""), ("a", "newer"), ("only", "only below"));
        JsonObject above = _images.Layer(
            ("x->b", ""), ("y->a", ""), ("b", "above"), ("z->b", ""), ("z->z", ""), ("o->p", ""), ("only->only", ""));
        _images.Tag("1", _images.Image("linux/amd64", [below, above]));
        string reference = $"oci:{_images.Folder}:1";

        Assert.Equal(
            ["below", "newer", "above", "only below"],
            [
                await ReadAsync(reference, "x"),
                await ReadAsync(reference, "y"),
                await ReadAsync(reference, "z"),
                await ReadAsync(reference, "only")]);
        var error = await Assert.ThrowsAsync<ContentNotFoundException>(() => ReadAsync(reference, "o"));
        Assert.Equal("FileNotFoundInImage", error.ErrorId);
    }

    [Theory]
    [InlineData(13, 10)]
    [InlineData(5, 30)]
    [InlineData(13, 2)]
    public async Task Tree_IndexesThatListEachOtherManyTimes_IsRefusedAfterOneRequestForEach(int count, int width)
    {
        JsonObject inner = _images.Image("linux/amd64", [_images.Layer(("a", "b"))]);
        for (int i = 0; i < count; i++)
        {
            inner = _images.Index([.. Enumerable.Repeat(inner, width)]);
        }

        Push(inner);
        int before = Manifests;

        OciException error = await GetErrorAsync(() => ImageTree.OpenAsync(
            ImageReference.Parse($"{Host}/team/laughs:1"), ManifestMode.PreferMultiArch, TestSession.Begin(), CancellationToken.None));

        Assert.Equal("InvalidManifest", error.ErrorId);
        Assert.InRange(Manifests - before, 1, count + 2);
    }

    [Fact]
    public async Task Tree_ImageThatIsListedTwice_IsReadOnceAndIsInBothPlaces()
    {
        JsonObject image = _images.Image("linux/amd64", [_images.Layer(("a", "b"))]);
        JsonObject index = _images.Index(image, _images.Index(image), image);
        RegistryLayout.Push(Registry, "team/twice", "1", _images, index);
        int before = Manifests;

        using ImageTree tree = await ImageTree.OpenAsync(
            ImageReference.Parse($"{Host}/team/twice:1"), ManifestMode.PreferMultiArch, TestSession.Begin(), CancellationToken.None);

        Assert.Equal(3, tree.Images.Count);
        Assert.Equal(3, Manifests - before);
    }

    private int Downloads =>
        Registry.Requests.Count(request => request.Method == "GET" && request.Path.Contains("/blobs/", StringComparison.Ordinal));

    private int Manifests =>
        Registry.Requests.Count(request => request.Method == "GET" && request.Path.Contains("/manifests/", StringComparison.Ordinal));

    /// <summary>A chain of links through two layers.</summary>
    private string PushChain(int links)
    {
        JsonObject below = _images.Layer(
            [("l0", "deep"), .. Enumerable.Range(1, (links / 2) - 1).Select(i => ($"l{i}->l{i - 1}", string.Empty))]);
        JsonObject above = _images.Layer(
            [.. Enumerable.Range(links / 2, links / 2).Select(i => ($"l{i}->l{i - 1}", string.Empty)), ($"upper->l{links - 1}", "")]);
        RegistryLayout.Push(Registry, "team/chain", "1", _images, _images.Image("linux/amd64", [below, above]));
        return $"{Host}/team/chain:1";
    }

    /// <summary>Pushes each index once: all entries of each are the same.</summary>
    private void Push(JsonObject outer)
    {
        for (JsonObject? descriptor = outer; descriptor is not null;)
        {
            string digest = LayoutImages.Digest(descriptor);
            Registry.Content.PutManifest(
                "team/laughs", descriptor == outer ? "1" : digest, _images.Blob(digest), (string)descriptor["mediaType"]!);
            descriptor = _images.Json(digest)["manifests"]?[0]?.AsObject();
        }
    }

    private static async Task<string> ReadAsync(string reference, params string[] names)
    {
        using SelectedImages picked = await TestImages.OpenAsync(reference);
        string content = string.Empty;
        await foreach (ImageFile file in new FileLister(picked.Images[0], TestSession.Begin()).ListAsync(CancellationToken.None))
        {
            if (names.Contains(file.Entry.Name))
            {
                content = await ReadAsync(file);
            }
        }

        return content;
    }

    private static async Task<string> ReadAsync(ImageFile file)
    {
        using var reader = new StreamReader(await file.OpenAsync(CancellationToken.None));
        return await reader.ReadToEndAsync();
    }
}
