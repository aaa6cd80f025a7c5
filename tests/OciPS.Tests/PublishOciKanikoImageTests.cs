// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Text.Json.Nodes;
using OciPS.Tests.Support;

namespace OciPS.Tests;

public sealed class PublishOciKanikoImageTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly TestImage _image = TestImage.App();

    public void Dispose() => _engine.Dispose();

    private Layout Out => _engine.Layout("out");

    [Fact]
    public void Kaniko_SaneConfig_KeepsBlobsAndConfigDigest()
    {
        Tarball.Kaniko(_image).Save(_engine.GetPath("app.tar"));

        _engine.Run("Publish-OciKanikoImage app.tar oci:out:app");

        JsonNode manifest = Out.Manifest("app");
        Assert.Equal("application/vnd.oci.image.manifest.v1+json", (string?)manifest["mediaType"]);
        Assert.Equal("application/vnd.oci.image.config.v1+json", (string?)manifest["config"]!["mediaType"]);
        Assert.Equal(_image.ConfigDigest, (string?)manifest["config"]!["digest"]);
        Assert.Equal(_image.Layers.Select(layer => layer.Digest), Out.LayerDigests("app"));
        Assert.All(manifest["layers"]!.AsArray(), layer => Assert.Equal(TestLayer.GzipType, (string?)layer!["mediaType"]));
        Assert.Equal(
            _engine.Run("Get-OciImageFile docker-archive:app.tar").Texts("Id"), _engine.Run("Get-OciImageFile oci:out:app").Texts("Id"));
        Out.Entries("app");
    }

    [Theory]
    [InlineData("Publish-OciKanikoImage app.tar -Destination oci:out:app")]
    [InlineData("Get-Item app.tar | Publish-OciKanikoImage -Destination { \"oci:out:$($_.BaseName)\" }")]
    [InlineData("[pscustomobject] @{ Path = 'app.tar'; Destination = 'oci:out:app' } | Publish-OciKanikoImage")]
    public void Destination_IsAnotherNameOfReference(string script)
    {
        Tarball.Kaniko(_image).Save(_engine.GetPath("app.tar"));

        _engine.Run(script);

        Assert.Equal(["app"], Out.Tags);
    }

    [Theory]
    [InlineData("DockerSave")]
    [InlineData("DockerSaveBlobs")]
    public void DockerSave_UncompressedLayers_ArePublished(string kind)
    {
        var image = new TestImage(TestLayer.Plain(new TarBuilder().File("a", "1")), TestLayer.Plain(new TarBuilder().File("b", "2")));
        (kind == "DockerSave" ? Tarball.DockerSave(image) : Tarball.DockerSaveBlobs(image)).Save(_engine.GetPath("app.tar"));

        _engine.Run("Publish-OciKanikoImage app.tar oci:out:app");

        Assert.Equal(["a", "b"], Out.Names("app"));
        Assert.All(Out.Manifest("app")["layers"]!.AsArray(), layer => Assert.Equal(TestLayer.TarType, (string?)layer!["mediaType"]));
    }

    [Fact]
    public void DockerSave_SymlinkedDuplicateLayer_IsPublishedTwiceInTheManifest()
    {
        TestLayer layer = TestLayer.Plain(new TarBuilder().File("a", "1"));
        var image = new TestImage(layer, layer);
        new TarBuilder().Folder("aaa").File("aaa/layer.tar", layer.Blob).Folder("bbb").Link("bbb/layer.tar", "../aaa/layer.tar")
            .File("config.json", image.Config).WithManifest(Tarball.Entry("config.json", "app:1", "aaa/layer.tar", "bbb/layer.tar"))
            .Save(_engine.GetPath("app.tar"));

        _engine.Run("Publish-OciKanikoImage app.tar oci:out:app");

        Assert.Equal([layer.Digest, layer.Digest], Out.LayerDigests("app"));
    }

    [Fact]
    public void Tarball_Gzip_GivesTheSameDigest()
    {
        TarBuilder tar = Tarball.Kaniko(_image);
        tar.Save(_engine.GetPath("app.tar"));
        File.WriteAllBytes(_engine.GetPath("app.tar.gz"), TarBuilder.Gzip(tar.ToBytes()));

        IReadOnlyList<PSObject> images = _engine.Run(
            "Publish-OciKanikoImage app.tar oci:out:plain; Publish-OciKanikoImage app.tar.gz oci:out:gzip");

        Assert.Equal(images[0].Text("Digest"), images[1].Text("Digest"));
        Assert.Equal(0L, images[1].Value("BytesTransferred"));
    }

    [Theory]
    [InlineData(1, "step 0,step 0,step 0")]
    [InlineData(2, "step 0,step 1,step 0")]
    [InlineData(0, "unknown: the image's history had no entry for this layer")]
    public void History_TooShort_IsPaddedAndTheRestStays(int count, string expected)
    {
        var image = new TestImage(count, [.. _image.Layers]);
        Tarball.Kaniko(image).Save(_engine.GetPath("app.tar"));

        _engine.Run("Publish-OciKanikoImage app.tar oci:out:app");

        JsonNode config = Out.Config("app");
        string[] history = config["history"]!.AsArray().Select(entry => (string)entry!["created_by"]!).ToArray();
        Assert.Equal(3, history.Length);
        Assert.StartsWith(expected, string.Join(',', history), StringComparison.Ordinal);
        JsonNode original = JsonNode.Parse(image.Config)!;
        original.AsObject().Remove("history");
        config.AsObject().Remove("history");
        Assert.Equal(original.ToJsonString(), config.ToJsonString());
    }

    [Fact]
    public void AdditionalTag_Several_AllGetTheSameManifest()
    {
        Tarball.Kaniko(_image).Save(_engine.GetPath("app.tar"));

        IReadOnlyList<PSObject> images = _engine.Run("Publish-OciKanikoImage app.tar oci:out:1.2.3 -AdditionalTag 1.2, latest, 1.2.3");

        Assert.Equal(["1.2.3", "1.2", "latest"], images.Texts("Tag"));
        Assert.Single(images.Texts("Digest").Distinct());
        Assert.Equal(["1.2.3", "1.2", "latest"], Out.Tags);
        Assert.Single(Out.Tags.Select(Out.GetDigest).Distinct());
    }

    [Theory]
    [InlineData(
        "Docker",
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.container.image.v1+json",
        "application/vnd.docker.image.rootfs.diff.tar.gzip")]
    [InlineData("Oci", "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.config.v1+json", TestLayer.GzipType)]
    public void Format_Given_DecidesTheMediaTypes(string format, string manifestType, string configType, string layerType)
    {
        Tarball.Kaniko(_image).Save(_engine.GetPath("app.tar"));

        PSObject image = Assert.Single(_engine.Run("Publish-OciKanikoImage app.tar oci:out:app -Format $args[0]", format));

        JsonNode manifest = Out.Manifest("app");
        Assert.Equal(manifestType, image.Text("MediaType"));
        Assert.Equal(manifestType, (string?)manifest["mediaType"]);
        Assert.Equal(configType, (string?)manifest["config"]!["mediaType"]);
        Assert.Equal(layerType, (string?)manifest["layers"]![0]!["mediaType"]);
    }

    [Fact]
    public void Changed_TagThatMoves_IsTrueAndOtherTagsStay()
    {
        Tarball.Kaniko(_image).Save(_engine.GetPath("one.tar"));
        Tarball.Kaniko(new TestImage(TestLayer.Gzip(new TarBuilder().File("other", "x")))).Save(_engine.GetPath("two.tar"));
        _engine.Run("Publish-OciKanikoImage one.tar oci:out:stays; Publish-OciKanikoImage one.tar oci:out:moves");
        string before = Out.GetDigest("stays");

        PSObject image = Assert.Single(_engine.Run("Publish-OciKanikoImage two.tar oci:out:moves"));

        Assert.Equal(true, image.Value("Changed"));
        Assert.Equal(before, Out.GetDigest("stays"));
        Assert.Equal(image.Text("Digest"), Out.GetDigest("moves"));
    }

    [Fact]
    public void DigestsInNames_Wrong_AreNotBelieved()
    {
        var config = Tarball.Entry("sha256:" + new string('0', 64), "app:1", new string('1', 64) + ".tar.gz");
        var image = new TestImage(_image.Layers[0]);
        new TarBuilder().File(new string('1', 64) + ".tar.gz", image.Layers[0].Blob).File("sha256:" + new string('0', 64), image.Config)
            .WithManifest(config).Save(_engine.GetPath("app.tar"));

        _engine.Run("Publish-OciKanikoImage app.tar oci:out:app");

        Assert.Equal([image.Layers[0].Digest], Out.LayerDigests("app"));
        Assert.Equal(image.ConfigDigest, (string?)Out.Manifest("app")["config"]!["digest"]);
    }

    [Fact]
    public void WhatIf_Given_WritesNothingAndSaysWhat()
    {
        Tarball.Kaniko(_image).Save(_engine.GetPath("app.tar"));

        Assert.Empty(_engine.Run("Publish-OciKanikoImage app.tar oci:out:app -AdditionalTag latest -WhatIf"));

        string text = Assert.Single(_engine.Host.Lines, line => line.Length > 0);
        Assert.StartsWith("What if:", text, StringComparison.Ordinal);
        Assert.Contains(_engine.GetPath("app.tar"), text, StringComparison.Ordinal);
        Assert.Contains($"oci:{_engine.GetPath("out")}:app", text, StringComparison.Ordinal);
        Assert.Contains("latest", text, StringComparison.Ordinal);
        Assert.False(Out.Exists);
    }

    [Theory]
    [InlineData("-SourceTag app:1", "one")]
    [InlineData("-SourceTag docker.io/library/app:1", "one")]
    [InlineData("-SourceTag '@0'", "one")]
    [InlineData("-SourceTag '@1'", "two")]
    public void SourceTag_OneOfSeveral_IsPublished(string parameter, string file)
    {
        SaveSeveral();

        _engine.Run($"Publish-OciKanikoImage app.tar oci:out:app {parameter}");

        Assert.Equal([file], Out.Names("app"));
    }

    [Theory]
    [InlineData("", "AmbiguousImage", "-SourceTag")]
    [InlineData("", "AmbiguousImage", "app:1, @1")]
    [InlineData("-SourceTag app:2", "ManifestNotFound", "app:1, @1")]
    [InlineData("-SourceTag '@2'", "ManifestNotFound", "@2")]
    [InlineData("-SourceTag '@x'", "InvalidReference", "@x")]
    public void SourceTag_NoneOfSeveral_SaysWhichThereAre(string parameter, string errorId, string words)
    {
        SaveSeveral();

        Result result = _engine.Invoke($"Publish-OciKanikoImage app.tar oci:out:app {parameter}");

        result.Error.ShouldBe(errorId);
        Assert.Contains(words, result.Error.ToString(), StringComparison.Ordinal);
        Assert.False(Out.Exists);
    }

    [Fact]
    public void Position_InAReference_IsReadByEachCmdlet()
    {
        SaveSeveral();

        Assert.Equal(["two"], _engine.Run("Get-OciImageFile docker-archive:app.tar:@1").Texts("FullName"));
        PSObject file = Assert.Single(_engine.Run("Get-OciImageFile docker-archive:app.tar:@1"));
        Assert.Equal($"docker-archive:{_engine.GetPath("app.tar")}:@1", file.Text("Reference"));
        Assert.Equal("2", Assert.Single(_engine.Run("(Get-OciImageFile docker-archive:app.tar:@1).ReadAllText()")).ToString());
        _engine.Invoke("Remove-OciImageFile docker-archive:app.tar:@1 -LiteralPath two -Force").Error.ShouldBe("InvalidDestination");
    }

    /// <summary>A tarball with an image that has a tag, and one that has none.</summary>
    private void SaveSeveral()
    {
        var one = new TestImage(TestLayer.Plain(new TarBuilder().File("one", "1")));
        var two = new TestImage(TestLayer.Plain(new TarBuilder().File("two", "2")));
        new TarBuilder().File("one.json", one.Config).File("one.tar", one.Layers[0].Blob).File("two.json", two.Config)
            .File("two.tar", two.Layers[0].Blob)
            .WithManifest(Tarball.Entry("one.json", "app:1", "one.tar"), Tarball.Entry("two.json", null, "two.tar"))
            .Save(_engine.GetPath("app.tar"));
    }

    [Theory]
    [InlineData("Yes", true)]
    [InlineData("No", false)]
    public void Confirm_Answered_DoesAsTold(string answer, bool published)
    {
        Tarball.Kaniko(_image).Save(_engine.GetPath("app.tar"));
        _engine.Host.Answers.Enqueue(answer);

        Assert.Equal(published ? 1 : 0, _engine.Run("Publish-OciKanikoImage app.tar oci:out:app -Confirm").Count);

        Assert.Single(_engine.Host.Questions);
        Assert.Equal(published, Out.Exists);
    }
}
