// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

public sealed class GetOciPlatformTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly LayoutImages _images;
    private readonly string _index;

    public GetOciPlatformTests()
    {
        _images = new LayoutImages(_engine.GetPath("images"));
        _index = _images.Tag("multi", _images.FourPlatforms());
    }

    public void Dispose() => _engine.Dispose();

    private string[] Texts(string script) => _engine.Run(script).Select(item => item.ToString()).ToArray();

    [Fact]
    public void Index_FourPlatforms_OneEachWithoutAttestations()
    {
        Assert.Equal(
            ["linux/amd64", "linux/arm64/v8", "linux/arm/v7", "windows/amd64:10.0.20348.1"], Texts("Get-OciPlatform oci:images:multi"));
    }

    [Fact]
    public void Index_Image_HasTheProperties()
    {
        PSObject platform = _engine.Run("Get-OciPlatform oci:images:multi")[3];

        string digest = (string)_images.Json(_index)["manifests"]![3]!["digest"]!;
        Assert.Equal("OciPS.OciPlatform", platform.BaseObject.GetType().FullName);
        Assert.Equal($"oci:{_engine.GetPath("images")}:multi@{digest}", Assert.IsType<string>(platform.Value("Reference")));
        Assert.Equal("multi", platform.Value("Tag"));
        Assert.Equal("windows", platform.Value("OS"));
        Assert.Equal("amd64", platform.Value("Architecture"));
        Assert.Null(platform.Value("Variant"));
        Assert.Equal("10.0.20348.1", platform.Value("OSVersion"));
        Assert.Empty(platform.List("OSFeatures"));
        Assert.Empty(platform.List("Features"));
    }

    [Fact]
    public void Index_SaysLessOrOtherThanTheConfig_ConfigWins()
    {
        JsonObject image = _images.Image("linux/arm/v6", [_images.Layer(("a", "b"))]);
        image["platform"] = new JsonObject
        {
            ["os"] = "linux",
            ["architecture"] = "arm",
            ["variant"] = "v7",
            ["os.features"] = new JsonArray("some"),
            ["features"] = new JsonArray("sse4"),
        };
        _images.Tag("wrong", _images.Index(image));

        PSObject platform = Assert.Single(_engine.Run("Get-OciPlatform oci:images:wrong"));

        Assert.Equal("linux/arm/v6", platform.ToString());
        Assert.Equal(["some"], platform.List("OSFeatures").Select(feature => feature.ToString()));
        Assert.Equal(["sse4"], platform.List("Features").Select(feature => feature.ToString()));
    }

    [Theory]
    [InlineData("linux/arm64/v8", "linux/arm64/v8")]
    [InlineData("linux/arm64", "linux/arm64/v8")]
    [InlineData("linux/*", "linux/amd64 linux/arm64/v8 linux/arm/v7")]
    [InlineData("*/amd64", "linux/amd64 windows/amd64:10.0.20348.1")]
    [InlineData("linux/arm*/v?", "linux/arm64/v8 linux/arm/v7")]
    [InlineData("windows/amd64:10.0.20348.*", "windows/amd64:10.0.20348.1")]
    [InlineData("windows/amd64, linux/arm/v7", "linux/arm/v7 windows/amd64:10.0.20348.1")]
    [InlineData("'linux/amd64,linux/arm/v7'", "linux/amd64 linux/arm/v7")]
    [InlineData("linux/amd64, linux/*, */amd64", "linux/amd64 linux/arm64/v8 linux/arm/v7 windows/amd64:10.0.20348.1")]
    public void Platform_Patterns_ChooseInTheIndexsOrder(string patterns, string expected)
    {
        Assert.Equal(expected, string.Join(' ', Texts($"Get-OciPlatform oci:images:multi -Platform {patterns}")));
    }

    [Fact]
    public void Platform_NotThere_ErrorListsThoseThereAre()
    {
        Result result = _engine.Invoke("Get-OciPlatform oci:images:multi -Platform linux/s390x");

        result.Error.ShouldBe("PlatformNotFound", ErrorCategory.ObjectNotFound, "oci:images:multi");
        Assert.Contains(
            "linux/amd64, linux/arm64/v8, linux/arm/v7, windows/amd64:10.0.20348.1", result.Error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linux")]
    [InlineData("linux/")]
    [InlineData("linux/arm/v7/more")]
    [InlineData("linux/amd64:")]
    [InlineData("linux /amd64")]
    [InlineData("")]
    public void Platform_NoPlatform_IsErrorPerItem(string pattern)
    {
        Result result = _engine.Invoke("'oci:images:multi', 'oci:images:multi' | Get-OciPlatform -Platform $args[0]", pattern);

        Assert.Equal(2, result.Errors.Count);
        result.Errors[1].ShouldBe("InvalidPlatform", ErrorCategory.InvalidArgument, "oci:images:multi");
        Assert.Empty(result.Output);
    }

    [Fact]
    public void SingleImage_PlatformOfItsConfig_ComesOut()
    {
        string digest = _images.Tag("single", _images.Image("linux/arm64/v8", [_images.Layer(("a", "b"))]));

        PSObject platform = Assert.Single(_engine.Run("Get-OciPlatform oci:images:single"));

        Assert.Equal("linux/arm64/v8", platform.ToString());
        Assert.EndsWith($":single@{digest}", platform.Text("Reference"), StringComparison.Ordinal);
    }

    [Fact]
    public void NestedIndex_ImagesOfAllIndexes_ComeOut()
    {
        JsonObject inner = _images.Index(_images.Image("linux/arm/v6", [_images.Layer(("a", "b"))]));
        _images.Tag("nested", _images.Index(_images.Image("linux/386", [_images.Layer(("a", "b"))]), inner));

        Assert.Equal(["linux/386", "linux/arm/v6"], Texts("Get-OciPlatform oci:images:nested"));
    }

    [Fact]
    public void Index_EntryIsMissing_IsErrorAndTheOthersComeOut()
    {
        File.Delete(_images.BlobPath((string)_images.Json(_index)["manifests"]![1]!["digest"]!));

        Result result = _engine.Invoke("Get-OciPlatform oci:images:multi");

        result.Error.ShouldBe("ManifestNotFound", ErrorCategory.ObjectNotFound, "oci:images:multi");
        Assert.Equal(["amd64", "arm", "amd64"], result.Output.Texts("Architecture"));
    }

    [Theory]
    [InlineData("Get-OciPlatform oci:images:multi -Platform linux/arm64 | Get-OciManifest")]
    [InlineData("Get-OciPlatform oci:images:multi -Platform linux/arm64 | Get-OciImageFile -LiteralPath bin/app | Get-OciManifest")]
    [InlineData(
        "Get-OciPlatform oci:images:multi -Platform linux/arm64 | Copy-OciImage -Destination { "
            + "\"oci:out:$($_.Architecture)-$($_.Variant)\" }")]
    public void Platform_PipedOn_StandsForTheVeryImage(string script)
    {
        Assert.Equal((string?)_images.Json(_index)["manifests"]![1]!["digest"], Assert.Single(_engine.Run(script)).Text("Digest"));
    }

    [Fact]
    public void Reference_EachKindOfPipedObject_Binds()
    {
        Assert.Equal(["linux/amd64"], Texts("Get-OciTag oci:images | Get-OciPlatform -Platform linux/amd64"));
        Assert.Equal(["linux/amd64"], Texts("Get-OciManifest oci:images:multi | Get-OciPlatform -Platform linux/amd64"));
        Assert.Equal(["linux/amd64"], Texts("[pscustomobject]@{ Image = 'oci:images:multi' } | Get-OciPlatform -Platform linux/amd64"));
        Assert.Equal(["linux/amd64"], Texts("Get-OciPlatform oci:images:multi -Platform linux/amd64 | Get-OciPlatform"));
        Assert.Equal(["linux/amd64"], Texts("Copy-OciImage oci:images:multi oci:out:x | Get-OciPlatform -Platform linux/amd64"));
    }
}
