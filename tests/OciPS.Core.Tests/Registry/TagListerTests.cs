// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using OciPS.Core.Tests.Support;
using OciPS.References;
using OciPS.Registry;
using OciPS.Registry.Client;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry;

public sealed class TagListerTests : RegistryTestBase
{
    private const string Pages = "/v2/team/app/tags/list";

    private readonly RecordingLog _log = new();

    [Theory]
    [InlineData(1000, 1)]
    [InlineData(100, 3)]
    [InlineData(125, 2)]
    [InlineData(1, 250)]
    public async Task List_PagesOfAnySize_GivesEachTagOnce(int pageSize, int requests)
    {
        string[] tags = Enumerable.Range(0, 250).Select(i => string.Create(CultureInfo.InvariantCulture, $"v{i:D4}")).ToArray();
        Array.ForEach(tags, tag => Registry.Content.PutManifest("team/app", tag, Json.Bytes("{}"), LayoutImages.ManifestType));
        Registry.Options.PageSize = pageSize;

        Assert.Equal(tags, await ListTagsAsync("team/app"));
        Assert.Equal(requests, Registry.Requests.Count(request => request.Path.StartsWith(Pages, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("<{0}?page=2>; rel=\"next\"")]
    [InlineData("<{0}?page=2>; rel=next")]
    [InlineData("<http://{1}{0}?page=2>; rel=\"next\"")]
    [InlineData("<?page=2>; rel=\"next\"")]
    [InlineData("<list?page=2>; rel=next")]
    [InlineData("<{0}?page=0>; rel=\"prev\", <{0}?page=2>; rel=\"next\"")]
    [InlineData("<{0}?page=2>; title=\"a, b\"; rel=\"next\"")]
    public async Task List_AnyFormOfLink_IsFollowed(string link)
    {
        Answer(new()
        {
            [""] = ("""["a","b"]""", string.Format(CultureInfo.InvariantCulture, link, Pages, Host)),
            ["?page=2"] = ("""["c"]""", null),
        });

        Assert.Equal(["a", "b", "c"], await ListTagsAsync("team/app"));
    }

    [Fact]
    public async Task List_AddressWithCommas_IsAskedForAsItIs()
    {
        Answer(new() { [""] = ("""["a"]""", $"<{Pages}?last=a,b&n=1>; rel=\"next\""), ["?last=a,b&n=1"] = ("""["c"]""", null) });

        Assert.Equal(["a", "c"], await ListTagsAsync("team/app"));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    public async Task List_NoTags_IsEmpty(string tags)
    {
        Answer(new() { [""] = (tags, null) });

        Assert.Empty(await ListTagsAsync("team/app"));
    }

    [Fact]
    public async Task List_EmptyPageInBetween_GoesOn()
    {
        Answer(new()
        {
            [""] = ("""["a"]""", "<?page=2>; rel=next"),
            ["?page=2"] = ("null", "<?page=3>; rel=next"),
            ["?page=3"] = ("""["b"]""", null),
        });

        Assert.Equal(["a", "b"], await ListTagsAsync("team/app"));
    }

    [Theory]
    [InlineData("<?>; rel=next")]
    [InlineData("<{0}>; rel=next")]
    [InlineData("<?page=2>; rel=next")]
    public async Task List_PagesInACircle_StopsWhereNothingNewComesAndWarns(string link)
    {
        string address = string.Format(CultureInfo.InvariantCulture, link, Pages);
        Answer(new() { [""] = ("""["a"]""", address), ["?"] = ("""["a"]""", address), ["?page=2"] = ("""["b"]""", address) });

        List<string> tags = await ListTagsAsync("team/app");

        Assert.Equal(link.Contains("page=2", StringComparison.Ordinal) ? ["a", "b"] : ["a"], tags);
        Assert.InRange(Registry.Requests.Count, 1, 5);
        Assert.Contains("nothing new", Assert.Single(_log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_NoSuchRepository_IsRepositoryNotFound()
    {
        OciException error = await GetErrorAsync(() => ListTagsAsync("team/none"));

        Assert.Equal("RepositoryNotFound", error.ErrorId);
        Assert.Contains("team/none", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"tags":{}}""")]
    [InlineData("""{"tags":[1]}""")]
    public async Task List_NoListOfTags_IsAnErrorThatNamesIt(string body)
    {
        Registry.Options.Intercept = context => SendAsync(context, body, null);

        OciException error = await GetErrorAsync(() => ListTagsAsync("team/app"));

        Assert.Contains("list of tags", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_LinkThatNamesAnInnerHost_AsksTheSameHostWithTheCredential()
    {
        await using RegistryServer inner = await RegistryServer.StartAsync();
        AllowCredentials();
        Registry.Options.Bearer = ("", "");
        Registry.Options.Intercept = context => context.Request.Path != Pages || context.Request.Headers.Authorization.Count == 0
            ? Task.FromResult(false)
            : context.Request.QueryString.Value == ""
            ? SendAsync(context, """{"tags":["a"]}""", $"<http://{inner.Host}{Pages}?last=a&n=1>; rel=\"next\"")
            : SendAsync(context, """{"tags":["b"]}""", null);

        Assert.Equal(["a", "b"], await ListTagsAsync("team/app"));
        Assert.Equal($"{Pages}?last=a&n=1", Registry.Requests[^1].Path);
        Assert.Empty(inner.Requests);
    }

    [Fact]
    public async Task List_PagesThatNeverEndWithoutATag_StopAndWarn()
    {
        int count = 0;
        Registry.Options.Intercept = context => SendAsync(context, """{"tags":[]}""", $"<?page={++count}>; rel=next");

        Assert.Empty(await ListTagsAsync("team/app"));

        Assert.Equal(
            TagLister.MaximumEmptyPages + 1, Registry.Requests.Count(request => request.Path.StartsWith(Pages, StringComparison.Ordinal)));
        Assert.Single(_log.Warnings);
    }

    [Fact]
    public async Task List_PagesThatNeverEndWithNewTags_IsAnErrorThatNamesTheBound()
    {
        int count = 0;
        Registry.Options.Intercept = context => SendAsync(context, $$"""{"tags":["t{{++count}}"]}""", $"<?page={count}>; rel=next");

        var tags = new List<string>();
        var lister = new TagLister(
            new RegistrySession(TestSession.Current.Registries.GetClient(Host), _log, TestSession.Current.Registries.NewBudget()),
            ImageReference.Parse($"{Host}/team/app"),
            maximumPages: 20);
        OciException error = await GetErrorAsync(async () =>
        {
            await foreach (string tag in lister.ListAsync(CancellationToken.None))
            {
                tags.Add(tag);
            }
        });

        Assert.Equal("RegistryError", error.ErrorId);
        Assert.Contains("more than 20 pages", error.Message, StringComparison.Ordinal);
        Assert.Equal(20, tags.Count);
    }

    [Fact]
    public async Task List_PagesThatOverlap_GiveEachTagOnce()
    {
        Answer(new() { [""] = ("""["a","b"]""", "<?page=2>; rel=next"), ["?page=2"] = ("""["b","c"]""", null) });

        Assert.Equal(["a", "b", "c"], await ListTagsAsync("team/app"));
        Assert.Empty(_log.Warnings);
    }

    [PeerFact("docker-registry", "skopeo")]
    public async Task List_250TagsInARealRegistry_IsWhatSkopeoLists()
    {
        using var registry = new DockerRegistry();
        using var folder = new TemporaryFolder();
        var images = new LayoutImages(folder["in"]);
        PushFirst(images, folder, registry.Host);
        byte[] manifest = Tool.Run("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{registry.Host}/team/app:first");
        using var http = new HttpClient();
        for (int i = 0; i < 249; i++)
        {
            using var content = new ByteArrayContent(manifest);
            content.Headers.ContentType = new(LayoutImages.ManifestType);
            using HttpResponseMessage response = await http.PutAsync(
                new Uri($"http://{registry.Host}/v2/team/app/manifests/v{i}"), content);
            response.EnsureSuccessStatusCode();
        }

        List<string> tags = await ListTagsAsync("team/app", registry.Host);

        using var listed = System.Text.Json.JsonDocument.Parse(
            Tool.Run("skopeo", "list-tags", "--tls-verify=false", $"docker://{registry.Host}/team/app"));
        Assert.Equal(250, tags.Count);
        Assert.Equal(
            listed.RootElement.GetProperty("Tags").EnumerateArray().Select(tag => tag.GetString()!).Order(StringComparer.Ordinal),
            tags.Order(StringComparer.Ordinal));
        Assert.Equal("RepositoryNotFound", (await GetErrorAsync(() => ListTagsAsync("team/none", registry.Host))).ErrorId);
    }

    private static void PushFirst(LayoutImages images, TemporaryFolder folder, string host)
    {
        images.Tag("1", images.Image("linux/amd64", [images.Layer(("a", "A"))]));
        Tool.Run(
            "skopeo", "copy", "--dest-tls-verify=false", "--preserve-digests", $"oci:{folder["in"]}:1", $"docker://{host}/team/app:first");
    }

    /// <summary>Has the registry answer with these pages, by their query.</summary>
    private void Answer(Dictionary<string, (string Tags, string? Link)> pages) => Registry.Options.Intercept = context =>
        context.Request.Path == Pages && pages.TryGetValue(context.Request.QueryString.Value ?? "", out (string Tags, string? Link) page)
            ? SendAsync(context, $$"""{"name":"team/app","tags":{{page.Tags}}}""", page.Link)
            : Task.FromResult(false);

    private static async Task<bool> SendAsync(HttpContext context, string body, string? link)
    {
        if (link is not null)
        {
            context.Response.Headers.Link = link;
        }

        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body));
        return true;
    }

    private async Task<List<string>> ListTagsAsync(string repository, string? host = null)
    {
        using var store = TestSession.Store(ImageReference.Parse($"{host ?? Host}/{repository}"), _log);
        var tags = new List<string>();
        await foreach (string tag in store.ListTagsAsync(CancellationToken.None))
        {
            tags.Add(tag);
        }

        return tags;
    }
}
