// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Tests.Support;

namespace OciPS.Tests;

public sealed class BindingTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string _digest;

    public BindingTests() => _digest = _engine.Layout("images").Add("app", TestImage.App());

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("Get-OciManifest oci:images:app")]
    [InlineData("Get-OciManifest -Reference oci:images:app")]
    [InlineData("Get-OciManifest -Image oci:images:app")]
    [InlineData("Get-OciManifest -ImageName oci:images:app")]
    [InlineData("'oci:images:app' | Get-OciManifest")]
    [InlineData("[pscustomobject]@{ Reference = 'oci:images:app' } | Get-OciManifest")]
    [InlineData("[pscustomobject]@{ Image = 'oci:images:app' } | Get-OciManifest")]
    [InlineData("[pscustomobject]@{ ImageName = 'oci:images:app' } | Get-OciManifest")]
    [InlineData("Get-OciManifest oci:images:app | Get-OciManifest")]
    [InlineData("Get-OciImageFile oci:images:app -LiteralPath .dockerenv | Get-OciManifest")]
    [InlineData("Get-OciManifest (Get-OciTag oci:images)")]
    [InlineData("Get-OciManifest (Get-OciManifest oci:images:app)")]
    [InlineData("Get-OciManifest (Get-OciPlatform oci:images:app)")]
    [InlineData("Get-OciManifest -Reference (Get-OciImageConfig oci:images:app)")]
    [InlineData("Get-OciManifest (Copy-OciImage oci:images:app oci:copy:app)")]
    [InlineData("Get-OciManifest (Remove-OciImageFile oci:images:app -Path nothing* -Destination oci:copy:app)")]
    [InlineData("$images = Get-OciTag oci:images; Get-OciManifest $images")]
    public void Reference_ByEachWay_Binds(string script)
    {
        Assert.Equal(_digest, Assert.Single(_engine.Run(script)).Text("Digest"));
    }

    [Fact]
    public void Reference_SeveralAsArrayAndPiped_AllComeOut()
    {
        _engine.Layout("images").Add("other", new TestImage(TestLayer.Plain(new TarBuilder().File("a", "b"))));

        Assert.Equal(["app", "other"], _engine.Run("Get-OciManifest oci:images:app, oci:images:other").Texts("Tag"));
        Assert.Equal(["app", "other"], _engine.Run("'oci:images:app', 'oci:images:other' | Get-OciManifest").Texts("Tag"));
    }

    [Theory]
    [InlineData("Get-OciManifest", "InputObjectNotBound")]
    [InlineData("Get-OciImageFile", "InputObjectNotBound")]
    [InlineData("Export-OciImageLayer -AsByteStream", "InputObjectNotBound")]
    [InlineData("Remove-OciImageFile -Path *.key", "InputObjectMissingMandatory")]
    public void Reference_PipedFileInfo_DoesNotBind(string command, string errorId)
    {
        Result result = _engine.Invoke($"[IO.FileInfo]'images' | {command}");

        Assert.Empty(result.Output);
        Assert.StartsWith($"{errorId},OciPS.Commands.", Assert.Single(result.AllErrors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Destination_ScriptBlockOverPipedFile_Binds()
    {
        PSObject image = Assert.Single(
            _engine.Run("Get-OciImageFile oci:images:app -Path *.key | Remove-OciImageFile -Destination { \"oci:out:clean-$($_.Tag)\" }"));

        Assert.Equal("clean-app", image.Text("Tag"));
        Assert.Equal(["clean-app"], _engine.Layout("out").Tags);
    }

    [Fact]
    public void Destination_ScriptBlockOverPipedReference_Binds()
    {
        _engine.Run("'oci:images:app' | Remove-OciImageFile -Path *.key -Destination { $_ -replace 'images', 'out' }");

        Assert.Equal(["app"], _engine.Layout("out").Tags);
    }

    [Fact]
    public void Destination_AsPropertyOfPipedObject_Binds()
    {
        _engine.Run("[pscustomobject]@{ Reference = 'oci:images:app'; Destination = 'oci:out:mine' } | Remove-OciImageFile -Path *.key");

        Assert.Equal(["mine"], _engine.Layout("out").Tags);
    }

    [Fact]
    public void Destination_ScriptBlockWithoutPipeline_IsError()
    {
        Result result = _engine.Invoke("Remove-OciImageFile oci:images:app -Path *.key -Destination { 'oci:out:x' }");

        Assert.StartsWith("ScriptBlockArgumentNoInput,", Assert.Single(result.AllErrors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(_engine.Layout("out").Exists);
    }

    [Theory]
    [InlineData("-Path *.key")]
    [InlineData("oci:images:app -Path *.key")]
    [InlineData("-LiteralPath app/server.key")]
    [InlineData("-FilterScript { $true }")]
    public void PipedFiles_WithSelection_AreConflictingParameters(string selection)
    {
        string index = _engine.Layout("images").Index;

        Result result = _engine.Invoke(
            $"Get-OciImageFile oci:images:app -Path *.key | Remove-OciImageFile {selection} -Destination oci:out:x -Force");

        ErrorRecord error = Assert.Single(result.AllErrors);
        error.ShouldBe("ConflictingParameters");
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
        Assert.Empty(result.Output);
        Assert.False(_engine.Layout("out").Exists);
        Assert.Equal(index, _engine.Layout("images").Index);
    }

    [Fact]
    public void PipedFiles_OneReferenceTwoDestinations_AreConflictingDestinations()
    {
        Result result = _engine.Invoke(
            "Get-OciImageFile oci:images:app -Path *.key | Remove-OciImageFile -Destination { \"oci:out:$($_.LayerIndex)\" }");

        result.Error.ShouldBe("ConflictingDestinations", ErrorCategory.InvalidArgument, $"oci:{_engine.GetPath("images")}:app");
        Assert.False(_engine.Layout("out").Exists);
    }

    [Fact]
    public void PipedFiles_OfTwoImages_MakeOneNewImageEach()
    {
        _engine.Layout("images").Add("other", TestImage.App());

        IReadOnlyList<PSObject> images = _engine.Run(
            "'oci:images:app', 'oci:images:other' | Get-OciImageFile -Path *.key | Remove-OciImageFile -Destination { "
                + "\"oci:out:$($_.Tag)\" }");

        Assert.Equal(["app", "other"], images.Texts("Tag"));
        Assert.All(images, image => Assert.Equal(2, image.List("RemovedFiles").Length));
    }

    [Theory]
    [InlineData("Get-OciImageFile oci:images:app -Path a -LiteralPath b", "AmbiguousParameterSet")]
    [InlineData("Remove-OciImageFile oci:images:app -Path a -LiteralPath b", "AmbiguousParameterSet")]
    [InlineData("Remove-OciImageFile oci:images:app -Path a -FilterScript { $true }", "AmbiguousParameterSet")]
    public void Sets_TwoSelections_AreAmbiguous(string script, string errorId)
    {
        Assert.StartsWith(
            errorId + ",OciPS.Commands.", Assert.Single(_engine.Invoke(script).AllErrors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Path_SecondPosition_Binds()
    {
        Assert.Equal(["app/server.key"], _engine.Run("Get-OciImageFile oci:images:app app/*.key").Texts("FullName"));
        Assert.Single(_engine.Run("Remove-OciImageFile oci:images:app app/*.key -Destination oci:out:x"));
    }

    [Fact]
    public void Written_PipedOn_BindsByItsReference()
    {
        Tarball.Kaniko(TestImage.App()).Save(_engine.GetPath("app.tar"));

        IReadOnlyList<PSObject> files = _engine.Run(
            "Publish-OciKanikoImage app.tar oci:out:app | Remove-OciImageFile -Path app/* -Destination oci:out:clean | Get-OciImageFile "
                + "-Path *.key");

        Assert.Equal(["etc/ssl/private.key"], files.Texts("FullName"));
        Assert.Equal(["clean"], files.Texts("Tag"));
    }

    [Fact]
    public void Publish_PipedFileInfo_ReferenceScriptBlockBinds()
    {
        Tarball.Kaniko(TestImage.App()).Save(_engine.GetPath("mine.tar"));
        Tarball.Kaniko(TestImage.App()).Save(_engine.GetPath("yours.tar"));
        _engine.Set("folder", _engine.Folder);

        IReadOnlyList<PSObject> images = _engine.Run(
            "[IO.DirectoryInfo]::new($folder).GetFiles('*.tar') | Publish-OciKanikoImage -Reference { \"oci:out:$($_.BaseName)\" }");

        Assert.Equal(["mine", "yours"], images.Texts("Tag").Order());
    }

    [Fact]
    public void Publish_ByPropertyName_Binds()
    {
        Tarball.Kaniko(TestImage.App()).Save(_engine.GetPath("mine.tar"));

        _engine.Run("[pscustomobject]@{ Path = 'mine.tar'; Reference = 'oci:out:path' } | Publish-OciKanikoImage");
        _engine.Run(
            "[pscustomobject]@{ PSPath = \"Microsoft.PowerShell.Core\\FileSystem::$PWD/mine.tar\" } | Publish-OciKanikoImage -Reference "
                + "oci:out:provider");

        Assert.Equal(["path", "provider"], _engine.Layout("out").Tags);
    }
}
