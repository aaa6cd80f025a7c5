// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Compare-OciImage's -Platform: which images of two indexes belong together, and what is said of those that are alone.</summary>
public sealed class ComparePlatformTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly LayoutImages _images;

    public ComparePlatformTests() => _images = new LayoutImages(_engine.GetPath("images"));

    public void Dispose() => _engine.Dispose();

    private JsonObject Image(string platform, string content, bool listedVariant = true) =>
        _images.Image(platform, [_images.Layer(("app", content))], listedVariant);

    private string Index(string tag, params JsonObject[] images) => _images.Tag(tag, _images.Index(images));

    private Result Compare(string rest) => _engine.Invoke($"Compare-OciImage {rest}");

    // Each pair as 'platform: content of before>content of after'.
    private static IEnumerable<string> Pairs(IEnumerable<PSObject> differences) => differences.Where(item => item.Text("Kind") == "File")
        .Select(item => $"{item.Text("Platform")}: {Content(item.Value("Before"))}>{Content(item.Value("After"))}");

    private static string? Content(object? file) => file is null ? null : PSObject.AsPSObject(file).Call<string>("ReadAllText");

    private void AddTwo()
    {
        Index("one", Image("linux/amd64", "a1"), Image("linux/arm64/v8", "b1", listedVariant: false), Image("linux/s390x", "c1"));
        Index("two", Image("linux/arm64/v8", "b2"), Image("linux/ppc64le", "d2"), Image("linux/amd64", "a2"));
    }

    [Fact]
    public void Platform_All_PairsThemAndTellsWhatOnlyOneSideHas()
    {
        AddTwo();

        Result result = Compare("oci:images:one oci:images:two -Platform * -Path *");

        Assert.Equal(["linux/amd64: a1>a2", "linux/arm64/v8: b1>b2"], Pairs(result.Output));
        Assert.Equal(2, result.Errors.Count);
        result.Errors[0].ShouldBe("PlatformNotFound", ErrorCategory.ObjectNotFound, "oci:images:two");
        result.Errors[1].ShouldBe("PlatformNotFound", ErrorCategory.ObjectNotFound, "oci:images:one");
        Assert.Contains("has no image for linux/s390x", result.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Contains("has no image for linux/ppc64le", result.Errors[1].Exception.Message, StringComparison.Ordinal);
        Assert.Contains("linux/arm64/v8, linux/ppc64le, linux/amd64", result.Errors[0].Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linux/arm64, linux/amd64", "linux/arm64/v8: b1>b2", "linux/amd64: a1>a2")]
    [InlineData("'linux/arm64,amd64'", "linux/arm64/v8: b1>b2", "linux/amd64: a1>a2")]
    [InlineData("linux/a*", "linux/amd64: a1>a2", "linux/arm64/v8: b1>b2")]
    [InlineData("linux/aarch64, linux/arm*, arm64", "linux/arm64/v8: b1>b2")]
    public void Platform_Several_AreComparedOnceEach(string platform, params string[] expected)
    {
        AddTwo();

        Result result = Compare($"oci:images:one oci:images:two -Path * -Platform {platform}");

        Assert.Empty(result.AllErrors);
        Assert.Equal(
            expected, Pairs(result.Output).Select(pair => pair.Replace("linux/arm64:", "linux/arm64/v8:", StringComparison.Ordinal)));
    }

    [Fact]
    public void Platform_ThatOneSideLacks_IsAnErrorAndTheOthersGoOn()
    {
        AddTwo();

        Result result = Compare("oci:images:one oci:images:two -Path * -Platform linux/s390x, linux/amd64");

        Assert.Equal(["linux/amd64: a1>a2"], Pairs(result.Output));
        result.Error.ShouldBe("PlatformNotFound", ErrorCategory.ObjectNotFound, "oci:images:two");
    }

    [Fact]
    public void Platform_ThatNoSideHas_IsAnErrorForEach()
    {
        AddTwo();

        Result result = Compare("oci:images:one oci:images:two -Platform windows/*");

        Assert.Empty(result.Output);
        Assert.Equal(["oci:images:one", "oci:images:two"], result.Errors.Select(error => error.TargetObject));
    }

    [Fact]
    public void Platform_ErrorActionStop_EndsAtTheFirst()
    {
        AddTwo();

        Result result = Compare("oci:images:one oci:images:two -Platform * -ErrorAction Stop");

        Assert.Empty(result.Output);
        Assert.StartsWith(
            "PlatformNotFound,OciPS.Commands.CompareOciImageCommand", result.Terminating!.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    // os.version of Windows: major.minor.build.revision; an update raises the revision alone.
    [Fact]
    public void Platform_WindowsOfSeveralBuilds_ArePairedByBuild()
    {
        Index("one", Image("windows/amd64:10.0.17763.1", "old1"), Image("windows/amd64:10.0.20348.1", "new1"));
        Index(
            "two",
            Image("windows/amd64:10.0.20348.2", "new2"),
            Image("windows/amd64:10.0.17763.2", "old2"),
            Image("windows/amd64:10.0.26100.1", "third"));

        Result result = Compare("oci:images:one oci:images:two -Platform windows/* -Path *");

        Assert.Equal(["windows/amd64:10.0.17763.1: old1>old2", "windows/amd64:10.0.20348.1: new1>new2"], Pairs(result.Output));
        Assert.Contains("for windows/amd64:10.0.26100.1,", result.Error.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("oci:images:single oci:images:one", "s>b1")]
    [InlineData("oci:images:one oci:images:single", "b1>s")]
    [InlineData("oci:images:single oci:images:one -Platform arm64", "s>b1")]
    [InlineData("dir:single oci:images:one", "s>b1")]
    [InlineData("docker-archive:single.tar oci:images:one", "s>b1")]
    [InlineData("oci-archive:one.tar:1 oci:images:single", "b1>s")]
    public void SingleImage_BesideAnIndex_IsComparedWithItsPlatform(string sides, string expected)
    {
        AddTwo();
        _images.Tag("single", Image("linux/arm64/v8", "s"));
        _engine.Run("""
            $null = Copy-OciImage oci:images:single dir:single
            $null = Copy-OciImage oci:images:single docker-archive:single.tar:app:1 -Format Docker
            $null = Copy-OciImage oci:images:one oci-archive:one.tar:1
            """);

        Result result = Compare($"{sides} -Path *");

        Assert.Empty(result.AllErrors);
        Assert.Equal([$"linux/arm64/v8: {expected}"], Pairs(result.Output));
    }

    [Fact]
    public void SingleImage_AndAllPlatforms_LeavesTheOthersAlone()
    {
        AddTwo();
        _images.Tag("single", Image("linux/arm64/v8", "s"));

        Result result = Compare("oci:images:one oci:images:single -Platform * -Path *");

        Assert.Equal(["linux/arm64/v8: b1>s"], Pairs(result.Output));
        Assert.Equal(["oci:images:single", "oci:images:single"], result.Errors.Select(error => error.TargetObject));
    }

    [Fact]
    public void SingleImage_OfAPlatformThatTheIndexLacks_IsAnError()
    {
        AddTwo();
        _images.Tag("single", Image("linux/riscv64", "s"));

        Result result = Compare("oci:images:one oci:images:single");

        Assert.Empty(result.Output);
        Assert.StartsWith("PlatformNotFound,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("linux/riscv64", result.Error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SingleImage_BesideAnIndexOfOne_IsComparedWithAWarning()
    {
        Index("one", Image("linux/riscv64", "r"));
        _images.Tag("single", Image("linux/s390x", "s"));

        Result result = Compare("oci:images:one oci:images:single -Path *");

        Assert.Equal(["linux/riscv64: r>s"], Pairs(result.Output));
        Assert.Contains("linux/s390x", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void SingleImages_OfDifferentPlatforms_AreComparedUnlessPlatformsAreNamed()
    {
        _images.Tag("one", Image("linux/riscv64", "r"));
        _images.Tag("two", Image("linux/s390x", "s"));

        Assert.Equal(["linux/riscv64: r>s"], Pairs(_engine.Run("Compare-OciImage oci:images:one oci:images:two -Path *")));

        Result named = Compare("oci:images:one oci:images:two -Platform *");
        Assert.Empty(named.Output);
        Assert.Equal(["oci:images:two", "oci:images:one"], named.Errors.Select(error => error.TargetObject));
    }

    [Fact]
    public void NoPlatform_Indexes_AreComparedForThisMachine()
    {
        string here = System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64
            ? "arm64"
            : "amd64";
        AddTwo();

        Assert.All(
            _engine.Run("Compare-OciImage oci:images:one oci:images:two"),
            item => Assert.StartsWith($"linux/{here}", item.Text("Platform"), StringComparison.Ordinal));
    }

    [Fact]
    public void References_AreAbsoluteAndOfTheImagesThatWereCompared()
    {
        AddTwo();
        string digest = _engine.Run("(Get-OciManifest oci:images:two -Platform linux/amd64).Reference").Single().ToString();

        PSObject difference = _engine.Run("Compare-OciImage oci:images:one oci:images:two -Platform linux/amd64 -Path *").Single();

        Assert.Equal(digest, difference.Text("DifferenceReference"));
        Assert.StartsWith($"oci:{_engine.GetPath("images")}:one@sha256:", difference.Text("Reference"), StringComparison.Ordinal);
        _engine.Run("$null = New-Item -ItemType Directory elsewhere");
        Assert.Equal(
            "linux/amd64: a1>a2",
            Pairs(_engine.Run(
                "$one = Compare-OciImage oci:images:one oci:images:two -Platform linux/amd64 -Path *; Set-Location elsewhere; $one | "
                    + "Compare-OciImage -Path *")).Single());
    }

    [Fact]
    public void MissingImage_OfAnIndex_IsAnErrorAndTheOthersAreCompared()
    {
        AddTwo();
        JsonNode entry = _images.Json(LayoutImages.GetTagDigest(_images.Folder, "two"))["manifests"]![0]!;
        File.Delete(_images.BlobPath((string)entry["digest"]!));

        Result result = Compare("oci:images:one oci:images:two -Platform linux/a* -Path *");

        Assert.Equal(["linux/amd64: a1>a2"], Pairs(result.Output));
        Assert.StartsWith("ManifestNotFound,", result.Error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Platform_InARegistry_PairsAsInALayout()
    {
        AddTwo();
        await using RegistryServer registry = await RegistryServer.StartAsync();
        registry.Load("team/app", _images);
        _engine.Set("app", registry.Host + "/team/app");

        Assert.Equal(
            ["linux/amd64: a1>a2", "linux/arm64/v8: b1>b2"],
            Pairs(_engine.Run(
                "Get-OciTag $app -Name one | Compare-OciImage -DifferenceReference oci:images:two -Platform linux/a* -Path *")));
    }

    [Fact]
    public void Artifacts_HaveNoPlatform_AndAreComparedWithoutOne()
    {
        AddTwo();
        _images.Tag("chart", _images.Artifact("application/vnd.example.one"));
        _images.Tag("other", _images.Artifact("application/vnd.example.two"));

        Assert.All(_engine.Run("Compare-OciImage oci:images:chart oci:images:other"), item => Assert.Null(item.Value("Platform")));
        Result named = Compare("oci:images:one oci:images:chart -Platform linux/amd64 -Path *");
        named.Error.ShouldBe("PlatformNotFound", ErrorCategory.ObjectNotFound, "oci:images:chart");
        Assert.Empty(named.Output);
        Assert.Equal("Removed", Assert.Single(_engine.Run("Compare-OciImage oci:images:one oci:images:chart -Path app")).Text("Change"));
    }

    [Fact]
    public void Platform_ThatIsNone_IsAnError()
    {
        AddTwo();

        Assert.StartsWith(
            "InvalidPlatform,",
            Compare("oci:images:one oci:images:two -Platform 'a b'").Error.FullyQualifiedErrorId,
            StringComparison.Ordinal);
        Assert.NotEmpty(_engine.Run("Compare-OciImage oci:images:one oci:images:two -Platform $null"));
    }

    [Fact]
    public void Path_OfNone_ComparesNothing()
    {
        AddTwo();

        Assert.Empty(_engine.Run("Compare-OciImage oci:images:one oci:images:two -Path @()"));
        Assert.Equal(["Layer", "File"], _engine.Run("Compare-OciImage oci:images:one oci:images:two -Path $null").Texts("Kind").Distinct());
    }

    [Fact]
    public void View_OfSeveralPlatforms_SaysWhichInEachGroup()
    {
        AddTwo();

        string[] lines = _engine.Show("Compare-OciImage oci:images:one oci:images:two -Platform linux/a* -Path *");

        Assert.Contains(lines, line => line.Contains("Kind: File (linux/amd64)", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("Kind: File (linux/arm64/v8)", StringComparison.Ordinal));
    }
}
