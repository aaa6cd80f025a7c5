// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.References;

namespace OciPS.Core.Tests.References;

/// <summary>References to where something is written: a digest is what has to come out, and there may be no tag.</summary>
public sealed class DestinationReferenceTests : IDisposable
{
    private const string Sha256 = "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("registry.example.com/app", "registry.example.com/app", true)]
    [InlineData("localhost:5000/app", "localhost:5000/app", true)]
    [InlineData("docker://nginx", "docker.io/library/nginx", true)]
    [InlineData("nginx@" + Sha256, "docker.io/library/nginx@" + Sha256, false)]
    [InlineData("oci:/srv/none", "oci:/srv/none", true)]
    [InlineData("oci-archive:/srv/none.tar", "oci-archive:/srv/none.tar", true)]
    [InlineData("dir:/srv/none", "dir:/srv/none", false)]
    [InlineData("docker-archive:/srv/none.tar", "docker-archive:/srv/none.tar", false)]
    public void ParseDestination_Untagged_HasNoTag(string text, string expected, bool isUntagged)
    {
        ImageReference destination = Parse(text, isUntagged: true);

        Assert.Equal(expected, destination.ToString());
        Assert.Null(destination.Tag);
        Assert.Equal(isUntagged, destination.IsUntagged);
    }

    [Theory]
    [InlineData("registry.example.com/app:latest")]
    [InlineData("localhost:5000/app:1")]
    [InlineData("nginx:latest")]
    [InlineData("nginx:1@" + Sha256)]
    [InlineData("oci:/srv/none:1")]
    [InlineData("oci:/srv/none:1@" + Sha256)]
    [InlineData("oci-archive:/srv/none.tar:1")]
    [InlineData("docker-archive:/srv/none.tar:app:1")]
    public void ParseDestination_UntaggedWithATag_IsConflictingParameters(string text)
    {
        var error = Assert.Throws<InvalidInputException>(() => Parse(text, isUntagged: true));

        Assert.Equal("ConflictingParameters", error.ErrorId);
    }

    [Theory]
    [InlineData("registry.example.com/app", "latest", null)]
    [InlineData("registry.example.com/app:1@" + Sha256, "1", Sha256)]
    [InlineData("oci:/srv/none:1@" + Sha256, "1", Sha256)]
    [InlineData("dir:/srv/none@" + Sha256, null, Sha256)]
    [InlineData("dir:/srv/no@ne", null, null)]
    public void ParseDestination_Tagged_HasTagAndDigest(string text, string? tag, string? digest)
    {
        ImageReference destination = Parse(text, isUntagged: false);

        Assert.Equal(tag, destination.Tag);
        Assert.Equal(digest, destination.Digest?.ToString());
        Assert.False(destination.IsUntagged);
        Assert.Equal(text.Contains('/', StringComparison.Ordinal) && tag == "latest" ? text + ":latest" : text, destination.ToString());
    }

    [Fact]
    public void ParseDestination_FolderWithADigestInItsName_IsThatFolder()
    {
        Directory.CreateDirectory(_folder["x@" + Sha256]);

        ImageReference destination = Parse($"dir:{_folder["x@" + Sha256]}", isUntagged: false);

        Assert.Null(destination.Digest);
    }

    [Theory]
    [InlineData("docker-archive:/srv/none.tar@" + Sha256, "InvalidDestination")]
    [InlineData("dir:/srv/none@sha256:abc", "InvalidReference")]
    public void ParseDestination_DigestThatCannotBe_IsError(string text, string errorId)
    {
        Assert.Equal(errorId, Assert.Throws<InvalidInputException>(() => Parse(text, isUntagged: false)).ErrorId);
    }

    private static ImageReference Parse(string text, bool isUntagged) =>
        ImageReference.ParseDestination(text, path => path, null, isUntagged);
}
