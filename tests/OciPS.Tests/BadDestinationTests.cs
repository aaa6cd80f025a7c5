// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Text;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Tarballs that cannot be published, and places that cannot be written: the tags stay as they were.</summary>
public sealed class BadDestinationTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly TestImage _image = TestImage.App();

    public BadDestinationTests()
    {
        Tarball.Kaniko(_image).Save(_engine.GetPath("app.tar"));
        Out.Add("app", new TestImage(TestLayer.Plain(new TarBuilder().File("before", "x"))));
    }

    public void Dispose() => _engine.Dispose();

    private Layout Out => _engine.Layout("out");

    private byte[] Bad(string kind)
    {
        TestLayer layer = _image.Layers[0];
        string hex = Tarball.Hex(layer.Digest);
        var single = new TestImage(layer);
        return kind switch
        {
            "no tar" => Encoding.ASCII.GetBytes(new string('x', 2000)),
            "empty" => [],
            "cut" => Tarball.Kaniko(_image).ToBytes()[..1000],
            "cut gzip" => TarBuilder.Gzip(Tarball.Kaniko(_image).ToBytes())[..^10],
            "two images" => new TarBuilder().File("config", single.Config).File(hex, layer.Blob)
                .WithManifest(Tarball.Entry("config", "a:1", hex), Tarball.Entry("config", "b:1", hex)).ToBytes(),
            "no images" => new TarBuilder().WithManifest().ToBytes(),
            "no manifest" => new TarBuilder().File("config", single.Config).File(hex, layer.Blob).ToBytes(),
            "manifest no json" => new TarBuilder().File("manifest.json", "no json").ToBytes(),
            "no layer" =>
                new TarBuilder().File("config", single.Config).WithManifest(Tarball.Entry("config", "a:1", "missing.tar.gz")).ToBytes(),
            "no config" => new TarBuilder().File(hex, layer.Blob).WithManifest(Tarball.Entry("missing.json", "a:1", hex)).ToBytes(),
            "config no json" => Tarball.Kaniko(new TestImage(layer) { Config = Encoding.ASCII.GetBytes("no json") }).ToBytes(),
            "config short" => Tarball.Kaniko(new TestImage(layer, layer) { Config = single.Config }).ToBytes(),
            "flipped" =>
                Tarball.Kaniko(new TestImage(TestLayer.Plain(new TarBuilder().File("a", "c")) with { DiffId = layer.DiffId })).ToBytes(),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    [Theory]
    [InlineData("no tar", "InvalidTar", "'*/bad.tar'*")]
    [InlineData("empty", "Invalid(?:Tar|Archive)", "'*/bad.tar'*")]
    [InlineData("cut", "Invalid(?:Tar|Archive)", "'*/bad.tar'*")]
    [InlineData("cut gzip", "Invalid(?:Tar|Archive|Compression)", "'*/bad.tar'*")]
    [InlineData("two images", "AmbiguousImage", "'*/bad.tar'*a:1, b:1*")]
    [InlineData("no images", "InvalidArchive", "*manifest.json*'*/bad.tar'*")]
    [InlineData("no manifest", "InvalidArchive", "'*/bad.tar'*'manifest.json'*")]
    [InlineData("manifest no json", "InvalidArchive", "*manifest.json*'*/bad.tar'*")]
    [InlineData("no layer", "InvalidArchive", "'*/bad.tar'*'missing.tar.gz'*")]
    [InlineData("no config", "InvalidArchive", "'*/bad.tar'*'missing.json'*")]
    [InlineData("config no json", "InvalidConfig", "*config*'*/bad.tar'*")]
    [InlineData("config short", "InvalidConfig", "*config*'*/bad.tar'*")]
    [InlineData("flipped", "DiffIdMismatch", "Layer 0*'*/bad.tar'*sha256:*sha256:*")]
    public void Tarball_Bad_IsErrorThatNamesItAndTheTagStays(string kind, string id, string message)
    {
        File.WriteAllBytes(_engine.GetPath("bad.tar"), Bad(kind));
        string[] before = Out.Snapshot();

        Result result = _engine.Invoke("Publish-OciKanikoImage bad.tar oci:out:app -AdditionalTag more");

        result.Error.ShouldBe(id, kind == "two images" ? ErrorCategory.InvalidArgument : ErrorCategory.InvalidData, "oci:out:app");
        var pattern = new WildcardPattern("*" + message, WildcardOptions.None);
        Assert.True(pattern.IsMatch(result.Error.ToString()), result.Error.ToString());
        Assert.Empty(result.Output);
        Assert.Equal(before, Out.Snapshot());
    }

    [Fact]
    public void Layer_BitFlipped_IsErrorAndTheTagStays()
    {
        byte[] tar = Tarball.Kaniko(_image).ToBytes();
        tar[tar.AsSpan().IndexOf(_image.Layers[1].Blob) + (_image.Layers[1].Blob.Length / 2)] ^= 1;
        File.WriteAllBytes(_engine.GetPath("bad.tar"), tar);
        string[] before = Out.Snapshot();

        Result result = _engine.Invoke("Publish-OciKanikoImage bad.tar oci:out:app");

        result.Error.ShouldBe("(?:DiffIdMismatch|InvalidCompression|InvalidTar)", ErrorCategory.InvalidData, "oci:out:app");
        Assert.Contains("Layer 1", result.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, Out.Snapshot());
    }

    [Theory]
    [InlineData("Publish-OciKanikoImage missing.tar oci:out:app", "PathNotFound", ErrorCategory.ObjectNotFound, "oci:out:app")]
    [InlineData("Publish-OciKanikoImage out oci:out:app", "StorageReadError", ErrorCategory.ReadError, "oci:out:app")]
    [InlineData("Publish-OciKanikoImage Variable:HOME oci:out:app", "PathNotFound", ErrorCategory.InvalidArgument, "oci:out:app")]
    [InlineData("Publish-OciKanikoImage app.tar 'NO REFERENCE'", "InvalidReference", ErrorCategory.InvalidArgument, "NO REFERENCE")]
    [InlineData(
        "Publish-OciKanikoImage app.tar docker-archive:full", "InvalidDestination", ErrorCategory.InvalidArgument, "docker-archive:full")]
    [InlineData(
        "Publish-OciKanikoImage app.tar oci-archive:file:app", "InvalidDestination", ErrorCategory.InvalidArgument, "oci-archive:file:app")]
    [InlineData(
        "Publish-OciKanikoImage app.tar oci-archive:file/below:app",
        "StorageWriteError",
        ErrorCategory.WriteError,
        "oci-archive:file/below:app")]
    [InlineData("Publish-OciKanikoImage app.tar dir:full", "InvalidDestination", ErrorCategory.InvalidArgument, "dir:full")]
    [InlineData("Publish-OciKanikoImage app.tar dir:file", "StorageWriteError", ErrorCategory.WriteError, "dir:file")]
    [InlineData(
        "Publish-OciKanikoImage app.tar dir:new -AdditionalTag other", "InvalidDestination", ErrorCategory.InvalidArgument, "dir:new")]
    [InlineData(
        "Publish-OciKanikoImage app.tar host.example.com/app:1 -AdditionalTag 'no tag'",
        "InvalidReference",
        ErrorCategory.InvalidArgument,
        "host.example.com/app:1")]
    [InlineData("Publish-OciKanikoImage app.tar oci:file:app", "StorageWriteError", ErrorCategory.WriteError, "oci:file:app")]
    [InlineData("Publish-OciKanikoImage app.tar oci:file/below:app", "StorageWriteError", ErrorCategory.WriteError, "oci:file/below:app")]
    [InlineData("Publish-OciKanikoImage app.tar oci:full:app", "InvalidDestination", ErrorCategory.InvalidArgument, "oci:full:app")]
    [InlineData(
        "Remove-OciImageFile docker-archive:app.tar -Path *.key -Destination 'NO REFERENCE'",
        "InvalidReference",
        ErrorCategory.InvalidArgument,
        "docker-archive:app.tar")]
    [InlineData(
        "Remove-OciImageFile docker-archive:app.tar -Path *.key -Destination docker-archive:file",
        "InvalidDestination",
        ErrorCategory.InvalidArgument,
        "docker-archive:app.tar")]
    [InlineData(
        "Remove-OciImageFile docker-archive:app.tar -Path *.key -Destination oci:file:app",
        "StorageWriteError",
        ErrorCategory.WriteError,
        "docker-archive:app.tar")]
    [InlineData(
        "Remove-OciImageFile docker-archive:app.tar -Path *.none -Destination oci:file:app",
        "StorageWriteError",
        ErrorCategory.WriteError,
        "docker-archive:app.tar")]
    public void Place_ThatCannotBeReadOrWritten_IsError(string script, string id, ErrorCategory category, string target)
    {
        File.WriteAllText(_engine.GetPath("file"), "a file");
        Directory.CreateDirectory(_engine.GetPath("full"));
        File.WriteAllText(_engine.GetPath("full/other"), "theirs");
        string[] before = Out.Snapshot();

        Result result = _engine.Invoke(script);

        result.Error.ShouldBe(id, category, target);
        Assert.Empty(result.Output);
        Assert.Equal(before, Out.Snapshot());
        Assert.Equal("a file", File.ReadAllText(_engine.GetPath("file")));
        Assert.Equal(["other"], Directory.GetFiles(_engine.GetPath("full")).Select(Path.GetFileName));
    }

    [Fact]
    public void Layout_WrittenByAFailedRun_IsGoneAgain()
    {
        File.WriteAllBytes(_engine.GetPath("bad.tar"), Bad("flipped"));

        Assert.Single(_engine.Invoke("Publish-OciKanikoImage bad.tar oci:fresh:app").AllErrors);

        Assert.False(_engine.Layout("fresh").Exists);
    }

    [Fact]
    public void Tarballs_OneBadInPipeline_TheOthersArePublished()
    {
        File.WriteAllBytes(_engine.GetPath("bad.tar"), Bad("no tar"));

        Result result = _engine.Invoke("'bad.tar', 'app.tar' | Publish-OciKanikoImage -Reference { \"oci:out:$($_ -replace '.tar')\" }");

        Assert.Equal("oci:out:bad", result.Error.TargetObject);
        Assert.Equal("app", Assert.Single(result.Output).Text("Tag"));
    }
}
