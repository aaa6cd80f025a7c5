// SPDX-License-Identifier: MIT

using OciPS.Registry.Http;

namespace OciPS.Core.Tests.Registry;

/// <summary>The grammar of RFC 8288, section 3, and the forms that registries send.</summary>
public sealed class LinkHeaderTests
{
    private const string Asked = "http://registry.example:5000/v2/team/app/tags/list?n=2";

    [Theory]
    [InlineData("</v2/team/app/tags/list?last=b&n=2>; rel=\"next\"", "http://registry.example:5000/v2/team/app/tags/list?last=b&n=2")]
    [InlineData("</v2/team/app/tags/list?last=b&n=2>; rel=next", "http://registry.example:5000/v2/team/app/tags/list?last=b&n=2")]
    [InlineData("<https://other.example/v2/x?last=b>; rel=\"next\"", "http://registry.example:5000/v2/x?last=b")]
    [InlineData("<//other.example/x>; rel=next", "http://registry.example:5000/x")]
    [InlineData("<http://inner:8080/v2/x?last=b%2Fc&n=2>; rel=\"next\"", "http://registry.example:5000/v2/x?last=b%2Fc&n=2")]
    [InlineData("<?last=b>; rel=\"next\"", "http://registry.example:5000/v2/team/app/tags/list?last=b")]
    [InlineData("<list?last=b>; rel=\"next\"", "http://registry.example:5000/v2/team/app/tags/list?last=b")]
    [InlineData("</a?last=x%2Fy>; rel=next", "http://registry.example:5000/a?last=x%2Fy")]
    [InlineData("</a>;rel=next", "http://registry.example:5000/a")]
    [InlineData("</a> ; rel = \"next\"", "http://registry.example:5000/a")]
    [InlineData("</a>; REL=NEXT", "http://registry.example:5000/a")]
    [InlineData("</a>; rel=\"prev next\"", "http://registry.example:5000/a")]
    [InlineData("</a>; type=\"text/plain\"; rel=\"next\"; x", "http://registry.example:5000/a")]
    [InlineData("</a>; rel=\"prev\", </b>; rel=\"next\"", "http://registry.example:5000/b")]
    [InlineData("</a>; rel=\"next\", </b>; rel=\"last\"", "http://registry.example:5000/a")]
    [InlineData("</a>, </b>; rel=next", "http://registry.example:5000/b")]
    [InlineData("</a,b?last=1,2>; rel=\"next\"", "http://registry.example:5000/a,b?last=1,2")]
    [InlineData("</a,b>; rel=\"prev\", </c,d;e>; rel=\"next\"", "http://registry.example:5000/c,d;e")]
    [InlineData("</a>; title=\"one, two\"; rel=\"next\"", "http://registry.example:5000/a")]
    [InlineData("</a>; title=\"say \\\"x, </y>; \"; rel=\"next\"", "http://registry.example:5000/a")]
    [InlineData("</a>; title=\"; rel=next\", </b>; rel=next", "http://registry.example:5000/b")]
    [InlineData("</a>; rel=prev; rel=next, </b>; rel=next", "http://registry.example:5000/b")]
    public void GetNext_ALink_IsItsAddress(string header, string expected) => Assert.Equal(new Uri(expected), Next(header));

    [Theory]
    [InlineData("")]
    [InlineData("</a>")]
    [InlineData("</a>; rel")]
    [InlineData("</a>; rel=\"prev\"")]
    [InlineData("</a>; rel=\"nextish\"")]
    [InlineData("</a>; rel=\"not-next\"")]
    [InlineData("</a>; xrel=next")]
    [InlineData("</a>; title=\"rel=next\"")]
    [InlineData("</a>; title=\"x; rel=next\"")]
    [InlineData("</a>; title=\"rel=next")]
    [InlineData("/a; rel=next")]
    [InlineData("</a; rel=next")]
    [InlineData("rel=next")]
    public void GetNext_NoLinkToANextPage_IsNull(string header) => Assert.Null(Next(header));

    [Fact]
    public void GetNext_NoHeader_IsNull() => Assert.Null(Next());

    [Fact]
    public void GetNext_SeveralHeaders_LooksIntoEach() =>
        Assert.Equal(new Uri("http://registry.example:5000/b"), Next("</a>; rel=\"first\"", "</b>; rel=\"next\""));

    private static Uri? Next(params string[] headers)
    {
        using var response = new HttpResponseMessage { RequestMessage = new HttpRequestMessage(HttpMethod.Get, Asked) };
        foreach (string header in headers)
        {
            response.Headers.TryAddWithoutValidation("Link", header);
        }

        return LinkHeader.GetNext(response);
    }
}
