// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.References;

namespace OciPS.Core.Tests.References;

public sealed partial class ReferenceParserTests
{
    [Theory]
    [InlineData("oci:/srv/none", Transport.OciLayout, "/srv/none", null, null)]
    [InlineData("oci:none", Transport.OciLayout, "none", null, null)]
    [InlineData("oci:/srv/none:v1", Transport.OciLayout, "/srv/none", "v1", null)]
    [InlineData("oci:/srv/none:docker.io/library/app:v1", Transport.OciLayout, "/srv/none", "docker.io/library/app:v1", null)]
    [InlineData("oci:/srv/none:localhost:5000/app", Transport.OciLayout, "/srv/none", "localhost:5000/app", null)]
    [InlineData("oci:/srv/none:a@b", Transport.OciLayout, "/srv/none", "a@b", null)]
    [InlineData("oci:/srv/no@ne", Transport.OciLayout, "/srv/no@ne", null, null)]
    [InlineData("oci:/srv/none@" + Sha256, Transport.OciLayout, "/srv/none", null, Sha256)]
    [InlineData("oci:/srv/none@" + Sha512, Transport.OciLayout, "/srv/none", null, Sha512)]
    [InlineData("oci:/srv/none:v1@" + Sha256, Transport.OciLayout, "/srv/none", "v1", Sha256)]
    [InlineData("oci:/srv/none:a/b:c@" + Sha256, Transport.OciLayout, "/srv/none", "a/b:c", Sha256)]
    [InlineData("oci:/srv/with space:tag with space", Transport.OciLayout, "/srv/with space", "tag with space", null)]
    [InlineData("oci-archive:/srv/none.tar", Transport.OciArchive, "/srv/none.tar", null, null)]
    [InlineData("oci-archive:/srv/none.tar:a/b:c", Transport.OciArchive, "/srv/none.tar", "a/b:c", null)]
    [InlineData("oci-archive:/srv/none.tar:v1@" + Sha256, Transport.OciArchive, "/srv/none.tar", "v1", Sha256)]
    [InlineData("dir:/srv/none", Transport.Directory, "/srv/none", null, null)]
    [InlineData("dir:none", Transport.Directory, "none", null, null)]
    [InlineData("dir:/srv/none:v1", Transport.Directory, "/srv/none:v1", null, null)]
    [InlineData("dir:/srv/größe und: more:", Transport.Directory, "/srv/größe und: more:", null, null)]
    [InlineData("dir:/srv/none@" + Sha256, Transport.Directory, "/srv/none@" + Sha256, null, null)]
    [InlineData("docker-archive:/srv/none.tar", Transport.DockerArchive, "/srv/none.tar", null, null)]
    [InlineData(
        "docker-archive:/srv/none.tar:docker.io/library/app:v1",
        Transport.DockerArchive,
        "/srv/none.tar",
        "docker.io/library/app:v1",
        null)]
    public void Parse_Path_EndsAtTheFirstColon(string text, Transport transport, string path, string? tag, string? digest)
    {
        ImageReference reference = ImageReference.Parse(text);

        Assert.Equal(transport, reference.Transport);
        Assert.Equal(path, reference.Path);
        Assert.Equal(tag, reference.Tag);
        Assert.Equal(digest, reference.Digest?.ToString());
        Assert.Equal(string.Empty, reference.Registry);
        Assert.Equal(string.Empty, reference.Repository);
        Assert.Equal(text, reference.ToString());
    }

    [Theory]
    [InlineData("oci:")]
    [InlineData("oci::v1")]
    [InlineData("oci:/srv/none:")]
    [InlineData("oci:/srv/none:a\nb")]
    [InlineData("oci-archive:")]
    [InlineData("oci-archive::v1")]
    [InlineData("dir:")]
    [InlineData("docker-archive:")]
    [InlineData("docker-archive::v1")]
    [InlineData("docker-archive:/srv/none.tar:")]
    public void Parse_NoPathOrTag_Throws(string text) =>
        Assert.Equal("InvalidReference", Assert.Throws<InvalidInputException>(() => ImageReference.Parse(text)).ErrorId);

    [Theory]
    [InlineData("docker-daemon:app:v1")]
    [InlineData("containers-storage:app")]
    public void Parse_UnsupportedTransport_Throws(string text)
    {
        var error = Assert.Throws<InvalidInputException>(() => ImageReference.Parse(text));

        Assert.Equal("UnsupportedTransport", error.ErrorId);
        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_WholeTextIsAPath_HasNoTag()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder[Sha256]);
        string file = folder.Write("app.tar:v1", []);

        ImageReference layout = ImageReference.Parse("oci:" + folder[Sha256]);
        ImageReference archive = ImageReference.Parse("docker-archive:" + file);
        ImageReference other = ImageReference.Parse("docker-archive:" + file + "0");

        Assert.Equal((folder[Sha256], null), (layout.Path, layout.Tag));
        Assert.Equal((file, null), (archive.Path, archive.Tag));
        Assert.Equal((folder["app.tar"], "v10"), (other.Path, other.Tag));
    }

    [Fact]
    public void Parse_PathExistsWithDigestBehind_IsPathAndDigest()
    {
        using var folder = new TemporaryFolder();

        ImageReference layout = ImageReference.Parse($"oci:{folder.Path}:v1@{Sha256}");
        ImageReference directory = ImageReference.Parse($"dir:{folder.Path}@{Sha256}");

        Assert.Equal((folder.Path, "v1", Sha256), (layout.Path, layout.Tag, layout.Digest.ToString()));
        Assert.Equal((folder.Path, null, Sha256), (directory.Path, directory.Tag, directory.Digest.ToString()));
    }

    [Theory]
    [InlineData("in:1/a:b.tar:v1", "in:1/a:b.tar", "v1")]
    [InlineData("in:1/new.tar:v1", "in:1/new.tar", "v1")]
    [InlineData("in:1/new.tar", "in:1/new.tar", null)]
    [InlineData("in:1/more:2/new.tar:docker.io/app:v1", "in:1/more:2/new.tar", "docker.io/app:v1")]
    [InlineData("plain:in:1/a:b.tar", "plain", "in:1/a:b.tar")]
    [InlineData("other:1/a:b.tar", "other", "1/a:b.tar")]
    public void Parse_ColonInAnExistingName_BelongsToThePath(string text, string path, string? tag)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new TemporaryFolder();
        folder.Write("in:1/a:b.tar", []);
        folder.Write("plain", []);
        Directory.CreateDirectory(folder["in:1/more:2"]);

        ImageReference reference = ImageReference.Parse("oci-archive:" + text, name => folder[name]);

        Assert.Equal((folder[path], tag), (reference.Path, reference.Tag));
    }

    [Fact]
    public void Parse_RelativePath_IsResolvedByTheCaller()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["here"]);

        ImageReference existing = ImageReference.Parse("oci:here", path => folder[path]);
        ImageReference tagged = ImageReference.Parse("oci:there:a/b", path => folder[path]);

        Assert.Equal((folder["here"], null), (existing.Path, existing.Tag));
        Assert.Equal((folder["there"], "a/b"), (tagged.Path, tagged.Tag));
    }
}
