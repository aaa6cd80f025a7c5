// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.References;

namespace OciPS.Core.Tests.References;

/// <summary>Where the path of a reference ends, and that what comes out of a reference goes in again.</summary>
public sealed class PathReferenceTests : IDisposable
{
    private static readonly string s_digest = "sha256:" + new string('a', 64);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary><c>containers-transports(5)</c>: the path ends at the first colon, and all that follows is the tag.</summary>
    [Theory]
    [InlineData("none:a:b", "none", "a:b")]
    [InlineData("none:registry.example.com/team/app:1", "none", "registry.example.com/team/app:1")]
    [InlineData("none:1", "none", "1")]
    [InlineData("none", "none", null)]
    public void Parse_NothingThatExists_EndsThePathAtTheFirstColon(string text, string path, string? tag) => Expect(text, path, tag, null);

    [Theory]
    [InlineData("sha256:aaaa", "sha256:aaaa", null, null)]
    [InlineData("sha256:aaaa:1", "sha256:aaaa", "1", null)]
    [InlineData("sha256:aaaa:team/app:1", "sha256:aaaa", "team/app:1", null)]
    [InlineData("sha256:aaaa@{digest}", "sha256:aaaa", null, "{digest}")]
    [InlineData("sha256:aaaa:1@{digest}", "sha256:aaaa", "1", "{digest}")]
    [InlineData("sha256:aaaa/new:1", "sha256:aaaa/new", "1", null)]
    public void Parse_NameWithAColonThatExists_IsThePath(string text, string path, string? tag, string? digest)
    {
        Directory.CreateDirectory(_folder["sha256:aaaa"]);

        Expect(text.Replace("{digest}", s_digest, StringComparison.Ordinal), path, tag, digest is null ? null : s_digest);
    }

    [Theory]
    [InlineData("none:/a")]
    [InlineData("none:/a:1")]
    [InlineData("none:\\a")]
    [InlineData("none:")]
    public void Parse_TagThatNoneCanBe_IsInvalidReference(string text) =>
        Assert.Equal("InvalidReference", Assert.Throws<InvalidInputException>(() => ImageReference.Parse($"oci:{_folder[text]}")).ErrorId);

    [Theory]
    [InlineData("oci:Temp:/x:1", "Temp:/x", "1")]
    [InlineData("oci:Temp:/x", "Temp:/x", null)]
    [InlineData("oci:Temp:\\x:1", "Temp:\\x", "1")]
    [InlineData("oci-archive:Temp:/x:team/app:1", "Temp:/x", "team/app:1")]
    [InlineData("docker-archive:Temp:/x:app:1", "Temp:/x", "app:1")]
    [InlineData("dir:Temp:/x", "Temp:/x", null)]
    [InlineData("oci:Temp:1", "Temp", "1")]
    public void Parse_Drive_BelongsToThePath(string text, string path, string? tag)
    {
        ImageReference reference = ImageReference.Parse(text, static path => path, static name => name == "Temp");

        Assert.Equal((path, tag), (reference.Path, reference.Tag));
    }

    [Theory]
    [InlineData("oci:Other:/x:1")]
    [InlineData("oci-archive:Other:/x")]
    public void Parse_DriveThatIsNotThere_IsInvalidReference(string text) =>
        Assert.Equal("InvalidReference", Assert.Throws<InvalidInputException>(
            () => ImageReference.Parse(text, static path => path, static name => name == "Temp")).ErrorId);

    [Theory]
    [InlineData("sha256:aaaa", "2")]
    [InlineData("none", "2")]
    [InlineData("none", "team/app:2")]
    public void WithMoreTags_AnyPath_StaysInItsPlace(string name, string tag)
    {
        Directory.CreateDirectory(_folder["sha256:aaaa"]);

        IReadOnlyList<ImageReference> all = ImageReference.Parse($"oci:{_folder[name]}:1").WithMoreTags([tag]);

        Assert.Equal([(_folder[name], "1"), (_folder[name], tag)], all.Select(one => (one.Path, one.Tag!)));
    }

    [Theory]
    [InlineData("/2")]
    [InlineData("")]
    [InlineData("a\u0007")]
    public void WithMoreTags_NoTag_IsInvalidReference(string tag) =>
        Assert.Equal(
            "InvalidReference",
            Assert.Throws<InvalidInputException>(() => ImageReference.Parse($"oci:{_folder["none"]}:1").WithMoreTags([tag])).ErrorId);

    private void Expect(string text, string path, string? tag, string? digest)
    {
        ImageReference reference = ImageReference.Parse("oci:" + _folder[text]);

        Assert.Equal((_folder[path], tag, digest), (reference.Path, reference.Tag, reference.Digest?.ToString()));
        Assert.Equal(reference, ImageReference.Parse(reference.ToString()));
    }
}
