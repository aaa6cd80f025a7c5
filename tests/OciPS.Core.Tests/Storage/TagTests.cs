// SPDX-License-Identifier: MIT

using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Images;
using OciPS.References;
using OciPS.Storage;

namespace OciPS.Core.Tests.Storage;

/// <summary>Tags of images that are in files.</summary>
public sealed class TagTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ListTags_Layout_GivesEachTagOnceInItsOrder()
    {
        var images = new LayoutImages(_folder["in"]);
        JsonObject image = images.Image("linux/amd64", [images.Layer(("a", "A"))]);
        images.Tag("two", image);
        images.Tag("one", images.Index(image));
        images.Tag("two", images.Artifact());
        RemoveNames(images.Tag("nameless", image));

        Assert.Equal(["two", "one"], await ListAsync($"oci:{_folder["in"]}"));
    }

    [Fact]
    public async Task ListTags_LayoutWithNameThatHasColons_IsTheWholeName()
    {
        var images = new LayoutImages(_folder["in"]);
        images.Tag("registry.example.com:5000/team/app:1.0", images.Artifact());

        Assert.Equal(["registry.example.com:5000/team/app:1.0"], await ListAsync($"oci:{_folder["in"]}"));
    }

    [Fact]
    public async Task ListTags_EmptyLayout_IsEmpty()
    {
        _ = new LayoutImages(_folder["in"]);

        Assert.Empty(await ListAsync($"oci:{_folder["in"]}"));
    }

    [Fact]
    public async Task ListTags_NoLayout_IsManifestNotFound()
    {
        var error = await Assert.ThrowsAsync<ContentNotFoundException>(() => ListAsync($"oci:{_folder["none"]}"));

        Assert.Equal("ManifestNotFound", error.ErrorId);
    }

    [PeerFact("skopeo")]
    public async Task ListTags_ArchiveBySkopeo_GivesItsNames()
    {
        var images = new LayoutImages(_folder["in"]);
        images.Tag("1", images.Image("linux/amd64", [images.Layer(("a", "A"))]));
        Tool.Run(
            "skopeo",
            "copy",
            "--additional-tag",
            "registry.example.com/team/app:second",
            $"oci:{_folder["in"]}:1",
            $"docker-archive:{_folder["a.tar"]}:registry.example.com/team/app:first");

        List<string> tags = await ListAsync($"docker-archive:{_folder["a.tar"]}");

        Assert.Equal(["registry.example.com/team/app:first", "registry.example.com/team/app:second"], tags.Order(StringComparer.Ordinal));
    }

    private static async Task<List<string>> ListAsync(string reference)
    {
        using IImageStore store = await StoreFactory.OpenAsync(
            ImageReference.Parse(reference), TestSession.Begin(), CancellationToken.None);
        var tags = new List<string>();
        await foreach (string tag in store.ListTagsAsync(CancellationToken.None))
        {
            tags.Add(tag);
        }

        return tags;
    }

    private void RemoveNames(string digest)
    {
        string path = _folder["in/index.json"];
        JsonNode index = JsonNode.Parse(File.ReadAllBytes(path))!;
        JsonNode last = index["manifests"]!.AsArray()[^1]!;
        Assert.Equal(digest, (string?)last["digest"]);
        last.AsObject().Remove("annotations");
        File.WriteAllText(path, index.ToJsonString());
    }
}
