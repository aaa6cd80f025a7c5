// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

public sealed class CopyOciImageTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly LayoutImages _images;
    private readonly string _index;
    private readonly string _single;

    public CopyOciImageTests()
    {
        _images = new LayoutImages(_engine.GetPath("images"));
        _index = _images.Tag("multi", _images.FourPlatforms());
        _single = _images.Tag("single", _images.Image("linux/amd64", [_images.Layer(("a", "b"))]));
    }

    public void Dispose() => _engine.Dispose();

    private Layout Out => _engine.Layout("out");

    [Theory]
    [InlineData("Copy-OciImage oci:images:single oci:out:single")]
    [InlineData("Copy-OciImage -Reference oci:images:single -Destination oci:out:single")]
    [InlineData("Copy-OciImage -ImageName oci:images:single -Destination oci:out:single")]
    [InlineData("'oci:images:single' | Copy-OciImage -Destination oci:out:single")]
    [InlineData("'oci:images:single' | Copy-OciImage -Destination { $_ -replace 'images', 'out' }")]
    [InlineData("[pscustomobject]@{ Reference = 'oci:images:single'; Destination = 'oci:out:single' } | Copy-OciImage")]
    [InlineData("[pscustomobject]@{ Image = 'oci:images:single'; Destination = 'oci:out:single' } | Copy-OciImage")]
    [InlineData("Get-OciTag oci:images single | Copy-OciImage -Destination { \"oci:out:$($_.Name)\" }")]
    [InlineData("Get-OciManifest oci:images:single | Copy-OciImage -Destination { \"oci:out:$($_.Tag)\" }")]
    [InlineData("Get-OciImageConfig oci:images:single | Copy-OciImage -Destination { \"oci:out:$($_.Tag)\" }")]
    [InlineData("Get-OciPlatform oci:images:single | Copy-OciImage -Destination { \"oci:out:$($_.Tag)\" }")]
    [InlineData("Copy-OciImage oci:images:single oci:between:x | Copy-OciImage -Destination oci:out:single")]
    public void Reference_ByEachWay_IsCopiedAsItIs(string script)
    {
        PSObject copy = Assert.Single(_engine.Run(script));

        Assert.Equal(_single, copy.Text("Digest"));
        Assert.Equal(["single"], Out.Tags);
        Assert.Equal(_single, Out.GetDigest("single"));
    }

    [Fact]
    public void Copy_Result_HasTheProperties()
    {
        PSObject copy = Assert.Single(_engine.Run("Copy-OciImage oci:images:single oci:out:x"));

        long blobs = _images.Blob((string)_images.Json(_single)["config"]!["digest"]!).Length + _images.Blob(
            (string)_images.Json(_single)["layers"]![0]!["digest"]!).Length;
        Assert.Equal("OciPS.OciPublishedImage", copy.BaseObject.GetType().FullName);
        Assert.Equal($"oci:{_engine.GetPath("out")}:x", Assert.IsType<string>(copy.Value("Reference")));
        Assert.Equal("x", copy.Value("Tag"));
        Assert.Equal($"oci:{_engine.GetPath("out")}@{_single}", copy.Value("DigestReference"));
        Assert.Equal(LayoutImages.ManifestType, copy.Value("MediaType"));
        Assert.Equal((long)_images.Blob(_single).Length, copy.Value("Size"));
        Assert.Equal(false, copy.Value("Changed"));
        Assert.Equal(blobs, copy.Value("BytesTransferred"));
        Assert.Equal(0L, copy.Value("BytesMounted"));
        Assert.Equal(0L, Assert.Single(_engine.Run("Copy-OciImage oci:images:single oci:out:y")).Value("BytesTransferred"));
    }

    [Fact]
    public void Tagged_OfEachCopy_SaysWhatBecameOfTheTag()
    {
        string[] tagged = _engine.Run("""
            Copy-OciImage oci:images:single oci:out:x
            Copy-OciImage oci:images:single oci:out:x
            Copy-OciImage oci:images:multi oci:out:x
            Copy-OciImage oci:images:single oci-archive:out.tar:y
            Copy-OciImage oci:images:multi oci-archive:out.tar:y
            Copy-OciImage oci:images:single dir:folder
            Merge-OciManifestList oci:images:single oci:out:merged -AdditionalTag x
            """).Select(copy => (string?)copy.Value("Tagged") ?? "none").ToArray();

        Assert.Equal(["Created", "Unchanged", "Moved", "Created", "Moved", "none", "Created", "Moved"], tagged);
    }

    [Fact]
    public void Tagged_AfterAJob_IsTheSame()
    {
        PSObject back = Assert.Single(_engine.Run("Copy-OciImage oci:images:single oci:out:x | Export-Clixml x.xml; Import-Clixml x.xml"));

        Assert.Equal("OciPS.OciPublishedImage", back.BaseObject.GetType().FullName);
        Assert.Equal("Created", back.Value("Tagged"));
    }

    [Fact]
    public void Index_WithoutMore_KeepsItsBytes()
    {
        PSObject copy = Assert.Single(_engine.Run("Copy-OciImage oci:images:multi oci:out:multi"));

        Assert.Equal(_index, copy.Text("Digest"));
        Assert.Equal(_images.Blob(_index), File.ReadAllBytes(Out.BlobPath(_index)));
        Assert.All(
            _images.Json(_index)["manifests"]!.AsArray(), entry => Assert.True(File.Exists(Out.BlobPath((string)entry!["digest"]!))));
    }

    [Theory]
    [InlineData("-Format Docker", "application/vnd.docker.distribution.manifest.v2+json", true)]
    [InlineData("-Format Oci", LayoutImages.ManifestType, false)]
    [InlineData("-Format Keep", LayoutImages.ManifestType, false)]
    [InlineData("-Mode NormaliseToMultiArch", LayoutImages.IndexType, true)]
    [InlineData("-Mode NormaliseToMultiArch -Format Docker", LayoutImages.DockerListType, true)]
    [InlineData("-Mode RegistryDefaults", LayoutImages.ManifestType, false)]
    [InlineData("-Mode PreferMultiArch", LayoutImages.ManifestType, false)]
    [InlineData("-Platform linux/amd64 -PlatformFilter $null -Annotation $null", LayoutImages.ManifestType, false)]
    public void Single_EachWay_HasThatType(string parameters, string mediaType, bool changed)
    {
        PSObject copy = Assert.Single(_engine.Run($"Copy-OciImage oci:images:single oci:out:x {parameters}"));

        Assert.Equal(mediaType, copy.Value("MediaType"));
        Assert.Equal(mediaType, (string?)Out.Manifest("x")["mediaType"]);
        Assert.Equal(changed, copy.Value("Changed"));
        Assert.Equal(changed, copy.Text("Digest") != _single);
    }

    [Fact]
    public void Reference_OneOfSeveralIsBad_OthersAreCopied()
    {
        Result result = _engine.Invoke(
            "'oci:images:none', 'BAD REF', 'oci:images:single', 'oci:nowhere:x', 'oci:images:multi' | Copy-OciImage -Destination { "
                + "\"oci:out:$($_.Split(':')[-1].Replace(' ', '_'))\" }");

        Assert.Equal(["single", "multi"], result.Output.Texts("Tag"));
        Assert.Equal(3, result.Errors.Count);
        result.Errors[0].ShouldBe("ManifestNotFound", ErrorCategory.ObjectNotFound, "oci:images:none");
        result.Errors[1].ShouldBe("InvalidReference", ErrorCategory.InvalidArgument, "BAD REF");
        result.Errors[2].ShouldBe("ManifestNotFound", ErrorCategory.ObjectNotFound, "oci:nowhere:x");
        Assert.Equal(["single", "multi"], Out.Tags);
    }

    [Theory]
    [InlineData("docker-archive:x.tar@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "InvalidDestination")]
    [InlineData("docker-archive:x.tar:app@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "InvalidDestination")]
    [InlineData("dir:x@sha256:aaaa", "InvalidReference")]
    [InlineData("docker-archive:x.tar:Upper", "InvalidReference")]
    [InlineData("docker-daemon:x", "UnsupportedTransport")]
    [InlineData("oci:", "InvalidReference")]
    [InlineData("Not A Reference", "InvalidReference")]
    public void Destination_CannotBeWritten_IsErrorBeforeAnythingIsRead(string destination, string errorId)
    {
        Result result = _engine.Invoke("Copy-OciImage oci:nowhere:x -Destination $args[0]", destination);

        result.Error.ShouldBe(errorId, ErrorCategory.InvalidArgument, "oci:nowhere:x");
    }

    [Fact]
    public void Destination_FolderWithOtherThings_IsError()
    {
        Directory.CreateDirectory(_engine.GetPath("full"));
        File.WriteAllText(_engine.GetPath("full/file"), "x");

        _engine.Invoke("Copy-OciImage oci:images:single oci:full:x").Error.ShouldBe(
            "InvalidDestination", ErrorCategory.InvalidArgument, "oci:images:single");

        Assert.Equal(["file"], Directory.GetFileSystemEntries(_engine.GetPath("full")).Select(Path.GetFileName));
    }

    [Fact]
    public void Destination_ScriptBlockWithoutPipeline_IsError()
    {
        Result result = _engine.Invoke("Copy-OciImage oci:images:single -Destination { 'oci:out:x' }");

        Assert.StartsWith("ScriptBlockArgumentNoInput,", Assert.Single(result.AllErrors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(Out.Exists);
    }

    [Fact]
    public void Destination_ScriptBlockThrowsForOne_OthersAreCopied()
    {
        Result result = _engine.Invoke(
            "'oci:images:single', 'oci:images:multi' | Copy-OciImage -Destination { if ($_ -like '*single') { throw 'no' }; 'oci:out:x' }");

        Assert.StartsWith("ScriptBlockArgumentInvocationFailed,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal([_index], result.Output.Texts("Digest"));
    }

    [Fact]
    public void MediaType_NobodyKnows_IsErrorThatNamesIt()
    {
        _images.Tag("odd", _images.Put("""{"mediaType":"application/vnd.example+json"}"""u8.ToArray(), "application/vnd.example+json"));

        Result result = _engine.Invoke("Copy-OciImage oci:images:odd oci:out:x");

        result.Error.ShouldBe("UnsupportedMediaType", ErrorCategory.NotImplemented, "oci:images:odd");
        Assert.Contains("'application/vnd.example+json'", result.Error.ToString(), StringComparison.Ordinal);
        Assert.False(Out.Exists);
    }

    [Fact]
    public void IncludeReferrer_Layout_BringsThemAlong()
    {
        JsonObject subject = _images.Image("linux/amd64", [_images.Layer(("c", "d"))]);
        _images.Tag("signed", subject);
        string referrer = _images.Tag("referrer", _images.Artifact("application/vnd.example.sbom", subject));
        string signature = _images.Tag(
            LayoutImages.Digest(subject).Replace(':', '-') + ".sig", _images.Artifact("application/vnd.example.signature"));

        _engine.Run("Copy-OciImage oci:images:signed oci:out:x -IncludeReferrer");
        Result changed = _engine.Invoke("Copy-OciImage oci:images:signed oci:other:x -Annotation @{ a = 1 }");

        Assert.True(File.Exists(Out.BlobPath(referrer)));
        Assert.True(File.Exists(Out.BlobPath(signature)));
        Assert.Equal(2, changed.Warnings.Count);
        Assert.All(changed.Warnings, warning => Assert.Contains(LayoutImages.Digest(subject), warning, StringComparison.Ordinal));
        Assert.False(File.Exists(_engine.Layout("other").BlobPath(referrer)));
    }

    [Fact]
    public void Archive_IntoLayout_IsCopied()
    {
        Tarball.Kaniko(TestImage.App()).Save(_engine.GetPath("app.tar"));

        PSObject copy = Assert.Single(_engine.Run("Copy-OciImage docker-archive:app.tar oci:out:app"));

        Assert.Equal(LayoutImages.ManifestType, copy.Value("MediaType"));
        Assert.Equal(TestImage.App().Layers.Select(layer => layer.Digest), Out.LayerDigests("app"));
    }
}
