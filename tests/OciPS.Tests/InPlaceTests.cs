// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>An image that is written in its own place, named by the layout alone.</summary>
public sealed class InPlaceTests : IDisposable
{
    private const string Remove = "Remove-OciImageFile oci:images -Path *.key -Force";
    private const string Repair = "Repair-OciImage oci:images -Force";
    private const string Annotate = "Copy-OciImage oci:images oci:images -Annotation @{ a = 1 } -Force";

    private readonly Engine _engine = new();
    private readonly TestImage _image = new(1, [.. TestImage.App().Layers]);

    public void Dispose() => _engine.Dispose();

    private Layout Images => _engine.Layout("images");

    [Theory]
    [InlineData(Remove)]
    [InlineData(Repair)]
    [InlineData(Annotate)]
    [InlineData("Get-OciImageFile oci:images -Path *.key | Remove-OciImageFile -Force")]
    [InlineData("Remove-OciImageFile oci:images -Path *.key -Destination oci:./images -Force")]
    public void OnlyTag_NotNamed_IsTheOneThatMoves(string script)
    {
        string before = Images.Add("app", _image);

        PSObject image = Assert.Single(_engine.Run(script));

        Assert.Equal("app", image.Text("Tag"));
        Assert.Equal(["app"], Images.Tags);
        Assert.NotEqual(before, Images.GetDigest("app"));
        Assert.Equal(Images.GetDigest("app"), Assert.Single(_engine.Run("Get-OciManifest oci:images")).Text("Digest"));
    }

    [Fact]
    public void OnlyTagOfAnArchive_NotNamed_IsTheOneThatMoves()
    {
        Images.Add("app", _image);
        _engine.Run("$null = Copy-OciImage oci:images:app oci-archive:a.tar:app");

        PSObject image = Assert.Single(_engine.Run("Remove-OciImageFile oci-archive:a.tar -Path *.key -Force"));

        Assert.Equal("True", image.Text("Changed"));
        Assert.Equal("app", Assert.Single(_engine.Run("Get-OciTag oci-archive:a.tar")).Text("Name"));
        Assert.Empty(_engine.Run("Get-OciImageFile oci-archive:a.tar -Path *.key"));
    }

    [Fact]
    public void OnlyTag_NotNamedAndNotForced_IsAskedAbout()
    {
        string before = Images.Add("app", _image);
        _engine.Host.Answers.Enqueue("No");

        _engine.Run("Remove-OciImageFile oci:images -Path *.key");

        Assert.Contains($"oci:{_engine.GetPath("images")}:app", Assert.Single(_engine.Host.Questions), StringComparison.Ordinal);
        Assert.Equal(before, Images.GetDigest("app"));
    }

    [Theory]
    [InlineData(Remove)]
    [InlineData(Repair)]
    [InlineData(Annotate)]
    public void SeveralTagsOfOneImage_NotNamed_IsErrorThatListsThem(string script)
    {
        Images.Add("app", _image);
        Images.Add("latest", _image);
        string[] before = Images.Snapshot();

        Result result = _engine.Invoke(script);

        result.Error.ShouldBe("InvalidDestination", ErrorCategory.InvalidArgument, "oci:images");
        Assert.Contains("app, latest", result.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, Images.Snapshot());
    }

    [Theory]
    [InlineData(Remove)]
    [InlineData(Repair)]
    [InlineData(Annotate)]
    public void NoTag_IsErrorAndNothingIsWritten(string script)
    {
        Images.Add("app", _image);
        _engine.Run("Copy-OciImage oci:images:app oci:bare");
        string[] before = _engine.Layout("bare").Snapshot();

        Result result = _engine.Invoke(script.Replace("images", "bare", StringComparison.Ordinal));

        result.Error.ShouldBe("InvalidDestination", ErrorCategory.InvalidArgument, "oci:bare");
        Assert.Equal(before, _engine.Layout("bare").Snapshot());
    }

    [Fact]
    public void NoTag_SaneImage_ComesOutOfRepair()
    {
        Images.Add("app", TestImage.App());
        _engine.Run("Copy-OciImage oci:images:app oci:bare");

        Assert.Equal(false, Assert.Single(_engine.Run("Repair-OciImage oci:bare")).Value("Changed"));
    }
}
