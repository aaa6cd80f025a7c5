// SPDX-License-Identifier: MIT

using Microsoft.AspNetCore.Http;
using OciPS.Core.Tests.Support;
using OciPS.References;
using OciPS.Registry.Http;

namespace OciPS.Core.Tests.Registry;

public sealed class RegistryTagTests : RegistryTestBase
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(100)]
    public async Task List_InPages_GivesAllTagsOnce(int pageSize)
    {
        Registry.Options.PageSize = pageSize;
        string[] tags = ["1", "1.0", "latest", "v2-beta", "z"];
        Array.ForEach(tags, tag => RegistryImage.Push(Registry, "team/app", tag));

        Assert.Equal(tags, await TagsAsync("team/app"));
        Assert.Equal(
            (tags.Length + pageSize - 1) / pageSize,
            Registry.Requests.Count(request => request.Path.Contains("/tags/list", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task List_NoSuchRepository_IsRepositoryNotFound()
    {
        OciException error = await GetErrorAsync(() => TagsAsync("team/none"));

        Assert.Equal("RepositoryNotFound", error.ErrorId);
        Assert.Contains("team/none", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_TagsAreNull_IsNone()
    {
        Registry.Options.Intercept = context => AnswerAsync(context, """{"name":"team/app","tags":null}""");

        Assert.Empty(await TagsAsync("team/app"));
    }

    [Fact]
    public async Task List_PageNamesItselfAsTheNext_IsReadOnce()
    {
        Registry.Options.Intercept = context => AnswerAsync(context, """{"tags":["1"]}""", "</v2/team/app/tags/list>; rel=\"next\"");

        Assert.Equal(["1"], await TagsAsync("team/app"));
        Assert.Single(Registry.Requests, request => request.Path.EndsWith("/tags/list", StringComparison.Ordinal));
    }

    [PeerFact("docker-registry", "skopeo")]
    public async Task List_RealRegistry_GivesWhatSkopeoGives()
    {
        using var registry = new DockerRegistry();
        using var folder = new TemporaryFolder();
        var images = new LayoutImages(folder["in"]);
        string digest = ImageKinds.Write(images, ImageKinds.OciImage, "1");
        using var peer = new RegistryPeer(registry.Host, "team/app");
        string[] tags = ["1", "2.0", "latest"];
        Array.ForEach(tags, tag => peer.Push(images.Folder, digest, tag));
        using var store = TestSession.Store(ImageReference.Parse($"{registry.Host}/team/app"));

        List<string> found = await store.ListTagsAsync(CancellationToken.None).ToListAsync();

        string listed = Tool.RunText("skopeo", "list-tags", "--tls-verify=false", $"docker://{registry.Host}/team/app");
        Assert.Equal(tags, found.Order(StringComparer.Ordinal));
        Assert.All(found, tag => Assert.Contains($"\"{tag}\"", listed, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("</v2/a/tags/list?last=b&n=2>; rel=\"next\"", "http://host/v2/a/tags/list?last=b&n=2")]
    [InlineData("</v2/a/tags/list?last=b>; rel=next", "http://host/v2/a/tags/list?last=b")]
    [InlineData("<http://host:5000/v2/a/tags/list?last=b>; rel=\"next\"", "http://host/v2/a/tags/list?last=b")]
    [InlineData("<?last=b>;rel=\"next\"", "http://host/v2/a/tags/list?last=b")]
    [InlineData("</first>; rel=\"prev\", </second>; rel=\"next\"", "http://host/second")]
    [InlineData("</a,b;c>; title=\"x\"; rel=\"next\"", "http://host/a,b;c")]
    [InlineData("</v2/a>; rel=\"prev\"", null)]
    [InlineData("/v2/a; rel=\"next\"", null)]
    [InlineData("", null)]
    public void GetNext_LinkHeader_IsTheAddressOfTheNextPage(string header, string? expected)
    {
        using var response = new HttpResponseMessage();
        response.RequestMessage = new HttpRequestMessage(HttpMethod.Get, "http://host/v2/a/tags/list");
        response.Headers.TryAddWithoutValidation("Link", header);

        Assert.Equal(expected, LinkHeader.GetNext(response)?.AbsoluteUri);
    }

    private static async Task<bool> AnswerAsync(HttpContext context, string json, string? link = null)
    {
        if (!context.Request.Path.Value!.EndsWith("/tags/list", StringComparison.Ordinal))
        {
            return false;
        }

        context.Response.Headers.Link = link;
        await context.Response.WriteAsync(json);
        return true;
    }

    private async Task<List<string>> TagsAsync(string repository)
    {
        using var store = TestSession.Store(ImageReference.Parse($"{Host}/{repository}"));
        return await store.ListTagsAsync(CancellationToken.None).ToListAsync();
    }
}
