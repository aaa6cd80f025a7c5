// SPDX-License-Identifier: MIT

using System.Formats.Tar;
using System.Management.Automation;
using System.Text.Json.Nodes;
using OciPS.Tests.Support;

namespace OciPS.Tests;

public sealed class RemoveOciImageFileTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly TestImage _image = TestImage.App();
    private readonly string _digest;

    public RemoveOciImageFileTests() => _digest = Source.Add("app", _image);

    public void Dispose() => _engine.Dispose();

    private Layout Source => _engine.Layout("images");

    private Layout Out => _engine.Layout("out");

    [Theory]
    [InlineData("Remove-OciImageFile oci:images:app -Path *.key -Destination oci:out:app")]
    [InlineData("Remove-OciImageFile oci:images:app -Path /etc/ssl/*, ./app/*.key -Destination oci:out:app")]
    [InlineData("Remove-OciImageFile oci:images:app -Path etc/ssl/private.key, app/server.key -Destination oci:out:app")]
    [InlineData("Remove-OciImageFile oci:images:app -LiteralPath etc/ssl/private.key, /app/server.key -Destination oci:out:app")]
    [InlineData("Remove-OciImageFile oci:images:app -FilterScript { $_.Name -clike '*.key' } -Destination oci:out:app")]
    [InlineData("Remove-OciImageFile oci:images:app -FilterScript { $_.ReadAllText() -match 'SECRET' } -Destination oci:out:app")]
    [InlineData("Get-OciImageFile oci:images:app -Path *.key | Remove-OciImageFile -Destination oci:out:app")]
    [InlineData(
        "Get-OciImageFile oci:images:app | Where-Object { $_.ReadAllText() -match 'SECRET' } | Remove-OciImageFile -Destination "
            + "oci:out:app")]
    [InlineData("Remove-OciImageFile -InputObject (Get-OciImageFile oci:images:app -Path *.key) -Destination oci:out:app")]
    public void Selection_OfEachKind_RemovesTheFilesAndNothingElse(string script)
    {
        PSObject image = Assert.Single(_engine.Run(script));

        Assert.Equal(Out.GetDigest("app"), image.Text("Digest"));
        Assert.Equal(["etc/ssl/private.key", "app/server.key"], image.List("RemovedFiles").Texts("FullName"));
        Assert.Equal(Source.Entries("app").Where(entry => !entry.Name.EndsWith(".key", StringComparison.Ordinal)), Out.Entries("app"));
        Assert.True(Source.Contains("app", "SECRET"));
        Assert.False(Out.Contains("app", "SECRET"));
        Assert.Equal(_image.Layers[2].Digest, Out.LayerDigests("app")[2]);
    }

    [Fact]
    public void LiteralPath_InTwoLayers_IsRemovedFromBoth()
    {
        PSObject image = Assert.Single(_engine.Run("Remove-OciImageFile oci:images:app -LiteralPath etc/passwd -Destination oci:out:app"));

        Assert.Equal(["0", "2"], image.List("RemovedFiles").Texts("LayerIndex"));
        Assert.False(Out.Contains("app", "root:x"));
    }

    [Fact]
    public void PipedFile_OfOneLayer_StandsForItsPathInAll()
    {
        _engine.Run("Get-OciImageFile oci:images:app -LiteralPath etc/passwd -Flatten | Remove-OciImageFile -Destination oci:out:app");

        Assert.False(Out.Contains("app", "root:x"));
    }

    [Fact]
    public void Rewrite_UnknownFields_Survive()
    {
        _engine.Run("Remove-OciImageFile oci:images:app -Path *.key -Destination oci:out:app");

        Assert.Equal("kept", (string?)Out.Manifest("app")["annotations"]!["org.example"]);
        JsonNode config = Out.Config("app");
        Assert.Equal("1.50", config["x-unknown"]!.ToJsonString());
        Assert.Equal(3, config["history"]!.AsArray().Count);
        Assert.Equal("A=1", (string?)config["config"]!["Env"]![0]);
    }

    [Theory]
    [InlineData("Remove-OciImageFile oci:images:app -Path '*.nothing' -Destination oci:out:app")]
    [InlineData("Remove-OciImageFile oci:images:app -FilterScript { $false } -Destination oci:out:app")]
    public void Selection_MatchesNothing_GivesTheSourcesManifest(string script)
    {
        PSObject image = Assert.Single(_engine.Run(script));

        Assert.Equal(_digest, image.Text("Digest"));
        Assert.Equal(_digest, Out.GetDigest("app"));
        Assert.Equal(false, image.Value("Changed"));
        Assert.Empty(image.List("RemovedFiles"));
        Assert.Equal(_image.Layers.Select(layer => layer.Digest), image.List("KeptLayers").Texts("Digest"));
        Assert.Equal(Source.Entries("app"), Out.Entries("app"));
    }

    [Fact]
    public void LiteralPath_ThroughSymbolicLink_ErrorSaysTheRealName()
    {
        Result result = _engine.Invoke("Remove-OciImageFile oci:images:app -LiteralPath /lib/libc.so -Destination oci:out:app");

        result.Error.ShouldBe("FileNotFoundInImage");
        Assert.Contains("'usr/lib/libc.so'", result.Error.ToString(), StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("Remove-OciImageFile oci:images:app -LiteralPath etc -Recurse -Destination oci:out:app")]
    [InlineData("Remove-OciImageFile oci:images:app -Path et[c] -Recurse -Destination oci:out:app")]
    [InlineData("Remove-OciImageFile oci:images:app -FilterScript { $_.FullName -eq 'etc' } -Recurse -Destination oci:out:app")]
    [InlineData("Get-OciImageFile oci:images:app -Type Directory -LiteralPath etc | Remove-OciImageFile -Recurse -Destination oci:out:app")]
    public void Directory_WithRecurse_GoesWithAllBelow(string script)
    {
        PSObject image = Assert.Single(_engine.Run(script));

        Assert.Equal(["etc", "etc/passwd", "etc/ssl", "etc/ssl/private.key", "etc/passwd"], image.List("RemovedFiles").Texts("FullName"));
        Assert.Equal(Source.Entries("app").Where(entry => !entry.Name.StartsWith("etc", StringComparison.Ordinal)), Out.Entries("app"));
    }

    [Fact]
    public void HardLink_TargetRemoved_TakesOverTheContent()
    {
        Result result = _engine.Invoke("Remove-OciImageFile oci:images:app -LiteralPath app/Upper.KEY -Destination oci:out:app");

        PSObject image = Assert.Single(result.Output);
        Assert.Empty(result.AllErrors);
        Assert.Equal(["app/copy"], image.List("PromotedFiles").Texts("FullName"));
        Assert.Contains("'app/copy'", Assert.Single(result.Warnings), StringComparison.Ordinal);
        LayerEntry copy = Assert.Single(Out.Entries("app"), entry => entry.Name == "app/copy");
        Assert.Equal((TarEntryType.RegularFile, "upper"), (copy.Type, copy.Content));
    }

    [Fact]
    public void HardLink_AcrossLayersAndTwice_SecondNamesTheFirst()
    {
        Source.Add("links", new TestImage(
            TestLayer.Gzip(new TarBuilder().File("a", "content", TarBuilder.ExecutableMode).File("other", "x")),
            TestLayer.Plain(new TarBuilder().HardLink("b", "a").HardLink("c", "a"))));

        PSObject image = Assert.Single(_engine.Run("Remove-OciImageFile oci:images:links -LiteralPath a -Destination oci:out:links"));

        Assert.Equal(["b"], image.List("PromotedFiles").Texts("FullName"));
        LayerEntry[] entries = Out.Entries("links");
        Assert.Equal(["other", "b", "c"], entries.Select(entry => entry.Name));
        Assert.Equal(
            (TarEntryType.RegularFile, "content", TarBuilder.ExecutableMode), (entries[1].Type, entries[1].Content, entries[1].Mode));
        Assert.Equal((TarEntryType.HardLink, "b"), (entries[2].Type, entries[2].LinkName));
        Assert.Equal(2, image.List("RewrittenLayers").Length);
    }

    [Fact]
    public void HardLink_RemovedWithItsTarget_ContentIsGone()
    {
        _engine.Run("Remove-OciImageFile oci:images:app -LiteralPath app/Upper.KEY, app/copy -Destination oci:out:app");

        Assert.False(Out.Contains("app", "upper"));
    }

    [Fact]
    public void Whiteouts_FilesAndFoldersRemoved_StayUnlessBelow()
    {
        Source.Add("white", new TestImage(
            TestLayer.Gzip(new TarBuilder().File("gone", "1").Folder("d").File("d/in", "2")),
            TestLayer.Gzip(new TarBuilder().Whiteout("gone").Whiteout("d/in").File("new", "3"))));

        _engine.Run("Remove-OciImageFile oci:images:white -LiteralPath gone -Destination oci:out:file");
        _engine.Run("Remove-OciImageFile oci:images:white -LiteralPath d -Recurse -Destination oci:out:folder");
        _engine.Run("Remove-OciImageFile oci:images:white -Path * -Destination oci:out:all");

        Assert.Equal(["d/", "d/in", ".wh.gone", "d/.wh.in", "new"], Out.Names("file"));
        Assert.Equal(["gone", ".wh.gone", "new"], Out.Names("folder"));
        Assert.Equal(["d/", ".wh.gone", "d/.wh.in"], Out.Names("all"));
    }

    [Fact]
    public void Whiteout_Piped_IsErrorAndTheRestGoes()
    {
        Source.Add("white", new TestImage(
            TestLayer.Gzip(new TarBuilder().File("gone", "1").File("stays", "2")), TestLayer.Gzip(new TarBuilder().Whiteout("gone"))));

        Result result = _engine.Invoke(
            "Get-OciImageFile oci:images:white -Type File, Whiteout -Path *gone | Remove-OciImageFile -Destination oci:out:white");

        result.Error.ShouldBe("UnsupportedFileType");
        Assert.Equal(["stays", ".wh.gone"], Out.Names("white"));
    }

    [Fact]
    public void Archive_AsSource_IsWrittenToTheDestination()
    {
        Tarball.Kaniko(_image).Save(_engine.GetPath("app.tar"));

        PSObject image = Assert.Single(_engine.Run("Remove-OciImageFile docker-archive:app.tar -Path *.key -Destination oci:out:app"));

        Assert.Equal("application/vnd.oci.image.manifest.v1+json", image.Text("MediaType"));
        Assert.False(Out.Contains("app", "SECRET"));
    }
}
