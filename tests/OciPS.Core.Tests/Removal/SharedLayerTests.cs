// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Removal;

namespace OciPS.Core.Tests.Removal;

/// <summary>One layer in several places, whose hard links stand for different files in each; Python reads the results.</summary>
public sealed class SharedLayerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LayoutImages _images;
    private readonly RecordingLog _log = new();

    public SharedLayerTests() => _images = new LayoutImages(_folder["in"]);

    public void Dispose() => _folder.Dispose();

    [PeerFact("python3")]
    public async Task Remove_LinkTargetDiffersBetweenImages_EachImageGetsItsOwnContent()
    {
        JsonObject shared = _images.Layer(("b->a", ""), ("c->a", ""), ("d", "D"));
        Tag(shared, ("linux/amd64", "ONE"), ("linux/arm64", "TWO"));

        RewrittenImage result = await RemoveAsync("a");

        LayoutPeer.Image[] after = Read();
        Assert.Equal([["x=ONE"], ["b=ONE", "c->b", "d=D"]], after[0].Layers);
        Assert.Equal([["x=TWO"], ["b=TWO", "c->b", "d=D"]], after[1].Layers);
        Assert.Equal(4, result.RewrittenLayers.Count);
        Assert.Equal(["b", "b"], result.PromotedFiles.Select(file => file.Entry.Name));
    }

    [PeerFact("python3")]
    public async Task Remove_LinkTargetIsTheSameInBothImages_TheLayerIsWrittenOnce()
    {
        JsonObject lower = _images.Layer(("a", "ONE"), ("x", "X"));
        JsonObject shared = _images.Layer(("b->a", ""), ("d", "D"));
        JsonObject Image(string platform) => _images.Image(platform, [lower, shared, _images.Layer(("for", platform))]);
        _images.Tag("1", _images.Index(Image("linux/amd64"), Image("linux/arm64")));

        RewrittenImage result = await RemoveAsync("a");

        LayoutPeer.Image[] after = Read();
        Assert.Equal([["x=X"], ["b=ONE", "d=D"], ["for=linux/amd64"]], after[0].Layers);
        Assert.Equal(after[0].LayerDigests[..2], after[1].LayerDigests[..2]);
        Assert.Equal(2, result.RewrittenLayers.Count);
    }

    [PeerFact("python3")]
    public async Task Remove_LinkDanglesInOneImage_TheOtherTakesTheContentOver()
    {
        JsonObject shared = _images.Layer(("b->a", ""), ("d", "D"));
        JsonObject one = _images.Image("linux/amd64", [_images.Layer(("a", "ONE"), ("x", "X")), shared]);
        JsonObject two = _images.Image("linux/arm64", [_images.Layer(("x", "X")), shared]);
        _images.Tag("1", _images.Index(one, two));

        await RemoveAsync("a");

        LayoutPeer.Image[] after = Read();
        Assert.Equal([["x=X"], ["b=ONE", "d=D"]], after[0].Layers);
        Assert.Equal(LayoutImages.Digest(two), after[1].Digest);
        Assert.Contains(_log.Warnings, warning => warning.Contains("'b'", StringComparison.Ordinal) && warning.Contains(
            "did not have before", StringComparison.Ordinal));
    }

    [PeerFact("python3")]
    public async Task Remove_TargetIsInTheSharedLayerOrBelowIt_EachIsRight()
    {
        // In the first image the layer above hides the lower file, so that the link stands for something else.
        JsonObject shared = _images.Layer(("b->a", ""));
        JsonObject one = _images.Image("linux/amd64", [_images.Layer(("a", "OLD")), _images.Layer(("a", "NEW"), ("y", "Y")), shared]);
        JsonObject two = _images.Image("linux/arm64", [_images.Layer(("a", "OLD")), _images.Layer(("y", "Y")), shared]);
        _images.Tag("1", _images.Index(one, two));

        await RemoveAsync("a");

        LayoutPeer.Image[] after = Read();
        Assert.Equal([[], ["y=Y"], ["b=NEW"]], after[0].Layers);
        Assert.Equal([[], ["y=Y"], ["b=OLD"]], after[1].Layers);
    }

    [PeerFact("python3")]
    public async Task Remove_SelectedFileIsFoundAfterTheLayerWithItsLink_TheLayerIsReadAgain()
    {
        // The link is in the first image's layers before anything is selected; only the second image has its target.
        JsonObject shared = _images.Layer(("b->a", ""), ("d", "D"));
        JsonObject one = _images.Image("linux/amd64", [shared]);
        JsonObject two = _images.Image("linux/arm64", [_images.Layer(("a", "TWO"), ("x", "X")), shared]);
        _images.Tag("1", _images.Index(one, two));

        await RemoveAsync("a");

        LayoutPeer.Image[] after = Read();
        Assert.Equal([["b->a", "d=D"]], after[0].Layers);
        Assert.Equal([["x=X"], ["b=TWO", "d=D"]], after[1].Layers);
    }

    [PeerFact("python3")]
    public async Task Remove_SameLayerTwiceInOneImage_GoesFromBothPlaces()
    {
        JsonObject twice = _images.Layer(("a", "A"), ("secret", "SECRET"));
        _images.Tag("1", _images.Image("linux/amd64", [twice, _images.Layer(("x", "X")), twice]));

        RewrittenImage result = await RemoveAsync("secret");

        LayoutPeer.Found found = LayoutPeer.Read(_folder["out"], LayoutImages.GetTagDigest(_folder["out"], "1"), "SECRET");
        Assert.Equal([["a=A"], ["x=X"], ["a=A"]], Assert.Single(found.Images).Layers);
        Assert.Empty(found.Holding);
        Assert.Equal(2, result.RemovedFiles.Count);
    }

    [PeerFact("python3")]
    public async Task Remove_TargetAndLinkInALayerThatIsThereTwice_EachLinkTakesItsOwnTargetOver()
    {
        JsonObject twice = _images.Layer(("a", "A"), ("b->a", ""), ("c->a", ""));
        _images.Tag("1", _images.Image("linux/amd64", [twice, _images.Layer(("x", "X")), twice]));

        await RemoveAsync("a");

        LayoutPeer.Image image = Assert.Single(Read());
        Assert.Equal([["b=A", "c->b"], ["x=X"], ["b=A", "c->b"]], image.Layers);
    }

    [PeerFact("python3")]
    public async Task Remove_LinksInALayerThatIsThereTwice_EachStandsForWhatIsBelowIt()
    {
        JsonObject twice = _images.Layer(("b->a", ""));
        _images.Tag("1", _images.Image("linux/amd64", [_images.Layer(("a", "OLD")), twice, _images.Layer(("a", "NEW")), twice]));

        await RemoveAsync("a");

        Assert.Equal([[], ["b=OLD"], [], ["b=NEW"]], Assert.Single(Read()).Layers);
    }

    [PeerFact("python3")]
    public async Task Remove_LayerTwiceInTwoImages_AllAreRight()
    {
        JsonObject twice = _images.Layer(("b->a", ""), ("secret", "SECRET"));
        JsonObject Image(string platform, string content) =>
            _images.Image(platform, [_images.Layer(("a", content)), twice, _images.Layer(("a", "NEW " + content)), twice]);
        _images.Tag("1", _images.Index(Image("linux/amd64", "ONE"), Image("linux/arm64", "TWO")));

        await RemoveAsync("a", "secret");

        LayoutPeer.Image[] after = Read();
        Assert.Equal([[], ["b=ONE"], [], ["b=NEW ONE"]], after[0].Layers);
        Assert.Equal([[], ["b=TWO"], [], ["b=NEW TWO"]], after[1].Layers);
    }

    [PeerFact("python3")]
    public async Task Remove_ByFilter_SeesTheSharedLayersContentOnce()
    {
        JsonObject shared = _images.Layer(("a", "SECRET"), ("b", "B"));
        _images.Tag("1", _images.Index(
            _images.Image(
                "linux/amd64",
                [shared, _images.Layer(("x", "SECRET too"))]), _images.Image("linux/arm64", [shared, _images.Layer(("x", "X"))])));
        var seen = new List<string>();
        FileSelection selection = FileSelection.ByFilter(
            async (file, token) =>
            {
                seen.Add(file.Entry.Name);
                using var reader = new StreamReader(await file.OpenAsync(token));
                return (await reader.ReadToEndAsync(token)).Contains("SECRET", StringComparison.Ordinal);
            },
            recurse: false);

        await TestImages.RemoveAsync($"oci:{_folder["in"]}:1", $"oci:{_folder["out"]}:1", selection, _log);

        LayoutPeer.Image[] after = Read();
        Assert.Equal([["b=B"], []], after[0].Layers);
        Assert.Equal([["b=B"], ["x=X"]], after[1].Layers);
        Assert.Equal(["a", "b", "x", "x"], seen);
    }

    private void Tag(JsonObject shared, params (string Platform, string Content)[] images) => _images.Tag("1", _images.Index(
        images.Select(image => _images.Image(image.Platform, [_images.Layer(("a", image.Content), ("x", image.Content)), shared]))
            .ToArray()));

    private Task<RewrittenImage> RemoveAsync(params string[] paths) =>
        TestImages.RemoveAsync($"oci:{_folder["in"]}:1", $"oci:{_folder["out"]}:1", FileSelection.ByPath(paths, [], recurse: false), _log);

    private LayoutPeer.Image[] Read() => LayoutPeer.Read(_folder["out"], LayoutImages.GetTagDigest(_folder["out"], "1")).Images;
}
