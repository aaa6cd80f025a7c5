// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>
/// Paths that were given literally and that an image does not have: it is not written, so that what was meant to go is not published.
/// </summary>
public sealed class MissingPathTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string _digest;

    public MissingPathTests() => _digest = Images.Add("app", TestImage.App());

    public void Dispose() => _engine.Dispose();

    private Layout Images => _engine.Layout("images");

    private Layout Out => _engine.Layout("out");

    [Theory]
    [InlineData("-LiteralPath no/such, app/server.key, nor/this")]
    [InlineData("-Path no/such, *.key, nor/this")]
    public void Literal_Missing_IsErrorForEachAndNothingIsWritten(string selection)
    {
        Result result = _engine.Invoke($"Remove-OciImageFile oci:images:app {selection} -Destination oci:out:app");

        Assert.Null(result.Terminating);
        Assert.All(result.Errors, error => error.ShouldBe("FileNotFoundInImage", ErrorCategory.ObjectNotFound, "oci:images:app"));
        Assert.Collection(
            result.Errors.Select(error => error.ToString()),
            text => Assert.Contains("'no/such'", text, StringComparison.Ordinal),
            text => Assert.Contains("'nor/this'", text, StringComparison.Ordinal));
        Assert.Empty(result.Output);
        Assert.False(Out.Exists);
    }

    [Fact]
    public void Literal_Missing_LeavesTheDestinationThatIsThere()
    {
        Out.Add("app", TestImage.App());
        string[] before = Out.Snapshot();

        _engine.Invoke("Remove-OciImageFile oci:images:app -LiteralPath no/such, app/server.key -Destination oci:out:app").Error
            .ShouldBe("FileNotFoundInImage");

        Assert.Equal(before, Out.Snapshot());
    }

    [Fact]
    public void Literal_Missing_InPlace_AsksNothingAndLeavesTheImage()
    {
        string[] before = Images.Snapshot();

        _engine.Invoke("Remove-OciImageFile oci:images:app -LiteralPath no/such, app/server.key").Error.ShouldBe("FileNotFoundInImage");

        Assert.Empty(_engine.Host.Questions);
        Assert.Equal(before, Images.Snapshot());
    }

    [Fact]
    public void Literal_MissingInOneImage_OnlyThatIsNotWritten()
    {
        Images.Add("bare", new TestImage(TestLayer.Gzip(new TarBuilder().File("a", "b"))));

        Result result = _engine.Invoke(
            "'oci:images:bare', 'oci:images:app' | Remove-OciImageFile -LiteralPath app/server.key -Destination { "
                + "\"oci:out:$($_.Split(':')[-1])\" }");

        result.Error.ShouldBe("FileNotFoundInImage", ErrorCategory.ObjectNotFound, "oci:images:bare");
        Assert.Equal(["app"], result.Output.Texts("Tag"));
        Assert.Equal(["app"], Out.Tags);
    }

    [Fact]
    public void Literal_MissingWithWhatIf_TellsTheErrorAndNoPlan()
    {
        Result result = _engine.Invoke(
            "Remove-OciImageFile oci:images:app -LiteralPath no/such, app/server.key -Destination oci:out:app -WhatIf");

        result.Error.ShouldBe("FileNotFoundInImage");
        Assert.DoesNotContain(_engine.Host.Lines, line => line.StartsWith("What if", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Remove-OciImageFile oci:images:app -LiteralPath no/such, app/server.key -Destination oci:out:app -IgnoreMissing")]
    [InlineData("Remove-OciImageFile oci:images:app -Path no/such, app/ser*.key -Destination oci:out:app -IgnoreMissing")]
    public void Literal_MissingAndIgnored_TheOthersGoAndNothingIsSaid(string script)
    {
        Result result = _engine.Invoke(script);

        Assert.Empty(result.AllErrors);
        Assert.Empty(result.Warnings);
        Assert.Equal(["app/server.key"], Assert.Single(result.Output).List("RemovedFiles").Texts("FullName"));
        Assert.DoesNotContain("app/server.key", Out.Names("app"));
        Assert.Contains("app/readme.txt", Out.Names("app"));
    }

    [Fact]
    public void Literal_AllMissingAndIgnored_IsCopiedAsItIs()
    {
        PSObject image = Assert.Single(
            _engine.Run("Remove-OciImageFile oci:images:app -LiteralPath no/such -Destination oci:out:app -IgnoreMissing"));

        Assert.Equal(false, image.Value("Changed"));
        Assert.Equal(_digest, Out.GetDigest("app"));
    }

    [Theory]
    [InlineData("Remove-OciImageFile oci:images:app -LiteralPath etc/ssl, app/server.key -Destination oci:out:app")]
    [InlineData("Remove-OciImageFile oci:images:app -LiteralPath etc/ssl, app/server.key -Destination oci:out:app -IgnoreMissing")]
    [InlineData(
        "Get-OciImageFile oci:images:app -Type Directory, File -Path etc/ssl, app/server.key | Remove-OciImageFile -Destination "
            + "oci:out:app")]
    [InlineData(
        "Get-OciImageFile oci:images:app -Type Directory, File -Path etc/ssl, app/server.key | Remove-OciImageFile -Destination "
            + "oci:out:app -IgnoreMissing")]
    public void Directory_WithoutRecurse_IsErrorAndNothingIsWritten(string script)
    {
        Result result = _engine.Invoke(script);

        result.Error.ShouldBe("DirectoryNotRecursed");
        Assert.Equal(ErrorCategory.InvalidArgument, result.Error.CategoryInfo.Category);
        Assert.Contains("'etc/ssl'", result.Error.ToString(), StringComparison.Ordinal);
        Assert.Empty(result.Output);
        Assert.False(Out.Exists);
    }

    [Fact]
    public void PipedFile_NoLongerThere_IsAPathThatIsMissing()
    {
        const string Moved = "$files = Get-OciImageFile oci:images:app -Path *.key; $null = Remove-OciImageFile oci:images:app -Path *.key "
            + "-Force; $files | Remove-OciImageFile -Destination oci:out:app";

        Result result = _engine.Invoke(Moved);

        Assert.Equal(2, result.Errors.Count);
        Assert.All(result.Errors, error => error.ShouldBe("FileNotFoundInImage"));
        Assert.False(Out.Exists);
        Assert.Single(_engine.Run("$files | Remove-OciImageFile -Destination oci:out:app -IgnoreMissing"));
    }

    [Fact]
    public void Literal_InOneImageOfAnIndex_IsThere()
    {
        RemoveFromIndex("-LiteralPath only/amd64");

        Assert.Equal(["multi"], Out.Tags);
    }

    [Fact]
    public void Literal_InAnImageThatIsNotChosen_IsMissing()
    {
        Result result = RemoveFromIndex("-LiteralPath only/amd64 -Platform linux/arm64");

        result.Error.ShouldBe("FileNotFoundInImage");
        Assert.False(Out.Exists);
    }

    [Theory]
    [InlineData("Remove-OciImageFile oci:images:app -Path *.none -Destination oci:out:app")]
    [InlineData("Remove-OciImageFile oci:images:app -FilterScript { $false } -Destination oci:out:app")]
    [InlineData("Remove-OciImageFile oci:images:app -Path @() -Destination oci:out:app")]
    [InlineData("Remove-OciImageFile oci:images:app -LiteralPath @() -Destination oci:out:app")]
    [InlineData("Remove-OciImageFile oci:images:app -LiteralPath @() -Recurse -Destination oci:out:app")]
    [InlineData("Remove-OciImageFile oci:images:app -InputObject @() -Destination oci:out:app")]
    [InlineData("@() | Remove-OciImageFile oci:images:app -Destination oci:out:app")]
    [InlineData("Get-OciImageFile oci:images:app -Path *.none | Remove-OciImageFile -Reference oci:images:app -Destination oci:out:app")]
    [InlineData("'oci:images:app' | Remove-OciImageFile -LiteralPath @() -Destination { 'oci:out:app' }")]
    public void Selection_Empty_CopiesTheImageAsItIs(string script)
    {
        PSObject image = Assert.Single(_engine.Run(script));

        Assert.Equal(false, image.Value("Changed"));
        Assert.Equal(_digest, Out.GetDigest("app"));
    }

    [Fact]
    public void PipedNothing_NoImageNamed_IsAWarning()
    {
        Result result = _engine.Invoke("Get-OciImageFile oci:images:app -Path *.none | Remove-OciImageFile -Destination oci:out:app");

        Assert.Empty(result.AllErrors);
        Assert.Contains("-Reference", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.False(Out.Exists);
    }

    [Fact]
    public void PipedFiles_ImageNamedAsWell_AreItsFiles()
    {
        PSObject image = Assert.Single(_engine.Run(
            "Get-OciImageFile oci:images:app -Path *.key | Remove-OciImageFile -Reference oci:./images:app -Destination oci:out:app"));

        Assert.Equal(2, image.List("RemovedFiles").Length);
    }

    [Fact]
    public void PipedFiles_OfAnImageThatIsNotNamed_AreAnError()
    {
        Images.Add("other", TestImage.App());

        Result result = _engine.Invoke(
            "Get-OciImageFile oci:images:other -Path *.key | Remove-OciImageFile -Reference oci:images:app -Destination oci:out:app");

        result.Error.ShouldBe("ConflictingParameters");
        Assert.Equal(_digest, Assert.Single(result.Output).Text("Digest"));
    }

    [Theory]
    [InlineData("-Path @()")]
    [InlineData("-LiteralPath @()")]
    public void Listing_EmptySelection_ListsNothing(string selection) =>
        Assert.Empty(_engine.Run($"Get-OciImageFile oci:images:app {selection}"));

    private Result RemoveFromIndex(string selection)
    {
        Images.Add("amd64", new TestImage("amd64", TestLayer.Gzip(new TarBuilder().File("only/amd64", "x").File("both", "y"))));
        Images.Add("arm64", new TestImage("arm64", TestLayer.Gzip(new TarBuilder().File("both", "y"))));
        _engine.Run("Merge-OciManifestList oci:images:amd64, oci:images:arm64 -Destination oci:images:multi");
        return _engine.Invoke($"Remove-OciImageFile oci:images:multi {selection} -Destination oci:out:multi");
    }
}
