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
        _images = new LayoutImages(_engine.PathOf("images"));
        _index = _images.Tag("multi", _images.FourPlatforms());
        _images.Tag("single", _images.Image("linux/amd64", [_images.Layer(("a", "b"))]));
    }

    public void Dispose() => _engine.Dispose();

    private Layout Out => _engine.Layout("out");

    private string[] Platforms(string reference) => _engine.Run("Get-OciPlatform $args[0]", reference).Select(platform => platform.ToString()).ToArray();

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
        Assert.All(Out.Manifest("some")["manifests"]!.AsArray(), entry => Assert.True(File.Exists(Out.BlobPath((string)entry!["digest"]!))));
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
        Assert.Equal(["enough"], _engine.Run("try { Copy-OciImage oci:images:multi oci:out:none -PlatformFilter { throw 'enough' } } catch { \"$_\" }").Select(item => item.ToString()));
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
