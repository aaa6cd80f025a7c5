// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Copy-OciImage's -Platform and -PlatformFilter.</summary>
public sealed class CopyFilterTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly LayoutImages _images;
    private readonly string _index;

    public CopyFilterTests()
    {
        _images = new LayoutImages(_engine.GetPath("images"));
        _index = _images.Tag("multi", _images.FourPlatforms());
        _images.Tag("single", _images.Image("linux/amd64", [_images.Layer(("a", "b"))]));
    }

    public void Dispose() => _engine.Dispose();

    private Layout Out => _engine.Layout("out");

    private string[] Platforms(string reference) =>
        _engine.Run("Get-OciPlatform $args[0]", reference).Select(platform => platform.ToString()).ToArray();

    [Theory]
    [InlineData("-Platform linux/arm64", "linux/arm64/v8")]
    [InlineData("-Platform linux/arm*/v?, windows/amd64", "linux/arm64/v8 linux/arm/v7 windows/amd64:10.0.20348.1")]
    [InlineData("-PlatformFilter { $_.OS -eq 'windows' }", "windows/amd64:10.0.20348.1")]
    [InlineData("-PlatformFilter { \"$_\" -like 'linux/arm*' }", "linux/arm64/v8 linux/arm/v7")]
    [InlineData("-Platform linux/* -PlatformFilter { $_.Variant }", "linux/arm64/v8 linux/arm/v7")]
    public void Index_Filtered_ListsOnlyWhatWasCopied(string filter, string expected)
    {
        PSObject copy = Assert.Single(_engine.Run($"Copy-OciImage oci:images:multi oci:out:some {filter}"));

        Assert.Equal(true, copy.Value("Changed"));
        Assert.Equal(expected, string.Join(' ', Platforms("oci:out:some")));
        Assert.All(
            Out.Manifest("some")["manifests"]!.AsArray(), entry => Assert.True(File.Exists(Out.BlobPath((string)entry!["digest"]!))));
    }

    [Fact]
    public void PlatformFilter_Item_IsAnOciPlatformOfThePinnedImage()
    {
        _engine.Run("$global:seen = @(); Copy-OciImage oci:images:multi oci:out:x -PlatformFilter { $global:seen += $_; $true }");

        IReadOnlyList<PSObject> seen = _engine.Run("$global:seen");
        Assert.Equal(4, seen.Count);
        Assert.All(seen, platform => Assert.Equal("OciPS.OciPlatform", platform.BaseObject.GetType().FullName));
        Assert.EndsWith($"@{_images.Json(_index)["manifests"]![0]!["digest"]}", seen[0].Text("Reference"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Platform linux/s390x")]
    [InlineData("-Platform plan9/*")]
    [InlineData("-PlatformFilter { $false }")]
    [InlineData("-PlatformFilter { }")]
    [InlineData("-Platform linux/amd64 -PlatformFilter { $_.OS -eq 'windows' }")]
    public void Filter_LeavesNothing_IsErrorAndNothingIsWritten(string filter)
    {
        Result result = _engine.Invoke($"Copy-OciImage oci:images:multi oci:out:none {filter}");

        result.Error.ShouldBe("PlatformNotFound", ErrorCategory.ObjectNotFound, "oci:images:multi");
        Assert.Contains("linux/arm64/v8", result.Error.ToString(), StringComparison.Ordinal);
        Assert.False(Out.Exists);
    }

    [Theory]
    [InlineData("-PlatformFilter { throw 'asked' }")]
    [InlineData("-Platform linux/amd64 -PlatformFilter { throw 'asked' }")]
    public void SingleImage_PlatformFilter_IsNotAsked(string filter)
    {
        PSObject copy = Assert.Single(_engine.Run($"Copy-OciImage oci:images:single oci:out:x {filter}"));

        Assert.Equal(false, copy.Value("Changed"));
    }

    [Fact]
    public void SingleImage_OfAnotherPlatform_IsError() =>
        _engine.Invoke("Copy-OciImage oci:images:single oci:out:x -Platform linux/arm64").Error.ShouldBe("PlatformNotFound");

    [Theory]
    [InlineData("-Platform linux/arm64")]
    [InlineData("-Platform plan9/*")]
    [InlineData("-PlatformFilter { $false }")]
    [InlineData("-Platform linux/arm64 -PlatformFilter { throw 'asked' }")]
    public void Artifact_WithoutPlatform_PassesAllFilters(string filter)
    {
        string artifact = _images.Tag("artifact", _images.Artifact());
        string index = _images.Tag("artifacts", _images.Index(_images.Artifact(), _images.Artifact("application/vnd.other")));

        _engine.Run($"Copy-OciImage oci:images:artifact oci:out:one {filter}");
        _engine.Run($"Copy-OciImage oci:images:artifacts oci:out:all {filter}");

        Assert.Equal(artifact, Out.GetDigest("one"));
        Assert.Equal(index, Out.GetDigest("all"));
    }

    [Theory]
    [InlineData("-Platform linux/arm64", true)]
    [InlineData("-PlatformFilter { \"$_\" -eq 'linux/arm64' }", true)]
    [InlineData("-Platform linux/s390x", false)]
    [InlineData("-PlatformFilter { $false }", false)]
    public void Artifact_BesideImages_StaysWithThoseThatAreChosen(string filter, bool isAny)
    {
        System.Text.Json.Nodes.JsonObject artifact = _images.Artifact();
        System.Text.Json.Nodes.JsonObject arm64 = _images.Image("linux/arm64", [_images.Layer(("a", "arm"))]);
        _images.Tag("mixed", _images.Index(_images.Image("linux/amd64", [_images.Layer(("a", "b"))]), artifact, arm64));

        Result result = _engine.Invoke($"Copy-OciImage oci:images:mixed oci:out:x {filter}");

        if (!isAny)
        {
            result.Error.ShouldBe("PlatformNotFound");
            Assert.False(Out.Exists);
            return;
        }

        Assert.Empty(result.AllErrors);
        Assert.Equal(
            [LayoutImages.Digest(artifact), LayoutImages.Digest(arm64)],
            Out.Manifest("x")["manifests"]!.AsArray().Select(entry => (string)entry!["digest"]!));
    }

    [Theory]
    [InlineData("linux/aarch64", "arm64")]
    [InlineData("Linux/ARM64", "linux/arm64/v8")]
    [InlineData("linux/arm64/v8", "linux/aarch64")]
    [InlineData("linux/x86_64", "linux/amd64")]
    [InlineData("linux/amd64", "X86_64")]
    public void Platform_OtherSpelling_IsTheSameEverywhere(string there, string asked)
    {
        _images.Tag(
            "spelled",
            _images.Index(_images.Image(there, [_images.Layer(("a", "x"))]), _images.Image("linux/s390x", [_images.Layer(("a", "y"))])));

        Assert.Equal([there], _engine.Run($"Get-OciPlatform oci:images:spelled -Platform {asked}").Select(platform => platform.ToString()));
        Assert.Equal(
            [there],
            _engine.Run($"Get-OciImageFile oci:images:spelled -Platform {asked}; Get-OciImageConfig oci:images:spelled -Platform {asked}")
                .Skip(1)
                .Select(config => config.Value("Platform")!.ToString()));
        _engine.Run(
            $"Copy-OciImage oci:images:spelled oci:out:x -Platform {asked}; Remove-OciImageFile oci:images:spelled -Path a -Destination "
                + $"oci:out:y -Platform {asked}");
        Assert.Equal([there], Platforms("oci:out:x"));
        Assert.Equal([there], Platforms("oci:out:y"));
    }

    [Fact]
    public void PlatformFilter_Throws_EndsTheScriptAndNothingIsWritten()
    {
        Result result = _engine.Invoke("Copy-OciImage oci:images:multi oci:out:none -PlatformFilter { throw 'enough' }");

        Assert.Equal("enough", result.Terminating?.Exception.Message);
        Assert.Empty(result.Output);
        Assert.False(Out.Exists);
    }

    [Fact]
    public void PlatformFilter_ThrowsInTry_IsCaughtAndTheScriptGoesOn()
    {
        Assert.Equal(
            ["enough"],
            _engine.Run("try { Copy-OciImage oci:images:multi oci:out:none -PlatformFilter { throw 'enough' } } catch { \"$_\" }")
                .Select(item => item.ToString()));
        Assert.Single(_engine.Run("Copy-OciImage oci:images:multi oci:out:x"));
    }

    [Fact]
    public void Index_EntryIsMissing_IsErrorUnlessTheFilterLeavesItOut()
    {
        string lost = (string)_images.Json(_index)["manifests"]![1]!["digest"]!;
        File.Delete(_images.BlobPath(lost));

        Result all = _engine.Invoke("Copy-OciImage oci:images:multi oci:out:all");
        Assert.False(Out.Exists);
        IReadOnlyList<PSObject> some = _engine.Run("Copy-OciImage oci:images:multi oci:out:some -Platform linux/amd64");

        all.Error.ShouldBe("ManifestNotFound", ErrorCategory.ObjectNotFound, "oci:images:multi");
        Assert.Contains(lost, all.Error.ToString(), StringComparison.Ordinal);
        Assert.Single(some);
    }

    [Fact]
    public void Platform_OneOfSeveralIsNotThere_IsWarnedAbout()
    {
        Result result = _engine.Invoke("Copy-OciImage oci:images:multi oci:out:x -Platform linux/amd64, linux/s390x");

        Assert.Contains("linux/s390x", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal(["linux/amd64"], Platforms("oci:out:x"));
    }

    [Fact]
    public void Platform_NoPlatform_IsErrorPerItem()
    {
        Result result = _engine.Invoke("'oci:images:multi', 'oci:images:single' | Copy-OciImage -Destination oci:out:x -Platform linux");

        Assert.Equal(2, result.Errors.Count);
        result.Errors[0].ShouldBe("InvalidPlatform", ErrorCategory.InvalidArgument, "oci:images:multi");
        Assert.False(Out.Exists);
    }
}
