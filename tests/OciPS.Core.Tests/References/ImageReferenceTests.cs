// SPDX-License-Identifier: MIT

using OciPS.References;

namespace OciPS.Core.Tests.References;

public sealed class ImageReferenceTests
{
    private static readonly Digest s_digest = Digest.FromBytes("abc"u8);

    [Theory]
    [InlineData("nginx", "docker.io/library/nginx")]
    [InlineData("localhost:5000/app:v1", "localhost:5000/app")]
    [InlineData("oci:/srv/none:v1", "oci:/srv/none")]
    [InlineData("oci-archive:/srv/none.tar:app:v1", "oci-archive:/srv/none.tar")]
    [InlineData("dir:/srv/none:v1", "dir:/srv/none:v1")]
    [InlineData("docker-archive:/srv/none.tar:app:v1", "docker-archive:/srv/none.tar")]
    public void Name_AnyReference_HasNoTag(string text, string name) => Assert.Equal(name, ImageReference.Parse(text).Name);

    [Fact]
    public void WithTag_DigestBefore_ReplacesBoth()
    {
        ImageReference reference = ImageReference.Parse($"localhost:5000/app:v1@{s_digest}").WithTag("v2");

        Assert.Equal("localhost:5000/app:v2", reference.ToString());
        Assert.Null(reference.Digest);
    }

    [Fact]
    public void WithDigest_TagBefore_ReplacesBoth()
    {
        ImageReference reference = ImageReference.Parse("oci:/srv/none:v1").WithDigest(s_digest);

        Assert.Equal($"oci:/srv/none@{s_digest}", reference.ToString());
        Assert.Null(reference.Tag);
    }

    [Theory]
    [InlineData("nginx:1", "docker.io/library/nginx:2", true)]
    [InlineData("localhost:5000/app", "localhost:5001/app", false)]
    [InlineData("localhost:5000/app", "localhost:5000/app2", false)]
    [InlineData("oci:/srv/none:a", "oci:/srv/none:b", true)]
    [InlineData("oci:/srv/none", "docker-archive:/srv/none", false)]
    public void SameRepository_TwoReferences_ComparesAllButTags(string left, string right, bool same) =>
        Assert.Equal(same, ImageReference.Parse(left).SameRepository(ImageReference.Parse(right)));

    [Fact]
    public void ToString_TagAndDigest_HasBoth() =>
        Assert.Equal($"docker.io/library/app:v1@{s_digest}", ImageReference.Parse($"app:v1@{s_digest}").ToString());
}
