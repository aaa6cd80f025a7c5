// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Remove-OciImageFile's -KeepAttestation, -Mode, -Platform, -PlatformFilter and -Annotation.</summary>
public sealed class RemoveFromIndexTests : IDisposable
{
    private const string Remove = "Remove-OciImageFile oci:images:multi -LiteralPath etc/secret.key -Destination oci:out:x ";

    private readonly Engine _engine = new();
    private readonly LayoutImages _images;
    private readonly string _index;

    public RemoveFromIndexTests()
    {
        _images = new LayoutImages(_engine.GetPath("images"));
        _index = _images.Tag("multi", _images.FourPlatforms());
        _images.Tag("single", _images.Image("linux/arm64/v8", [_images.Layer(("a", "b"), ("c", "d"))]));
    }

    public void Dispose() => _engine.Dispose();

    private Layout Out => _engine.Layout("out");

    private JsonObject[] Entries(string tag) => Out.Manifest(tag)["manifests"]!.AsArray().Select(entry => entry!.AsObject()).ToArray();

    private string Source(int index) => (string)_images.Json(_index)["manifests"]![index]!["digest"]!;

    private JsonNode OutJson(string digest) => JsonNode.Parse(File.ReadAllBytes(Out.BlobPath(digest)))!;

    [Fact]
    public void Index_AllImages_EntriesKeepOrderAndPlatform()
    {
        Result result = _engine.Invoke(Remove);

        PSObject image = Assert.Single(result.Output);
        Assert.Empty(result.AllErrors);
        JsonObject[] entries = Entries("x");
        Assert.Equal(4, entries.Length);
        for (int i = 0; i < entries.Length; i++)
        {
            JsonNode before = _images.Json(_index)["manifests"]![i]!;
            Assert.Equal(before["platform"]!.ToJsonString(), entries[i]["platform"]!.ToJsonString());
            Assert.NotEqual((string?)before["digest"], (string?)entries[i]["digest"]);
            Assert.Equal(new FileInfo(Out.BlobPath((string)entries[i]["digest"]!)).Length, (long)entries[i]["size"]!);
        }

        Assert.Single(entries.Select(entry => (string?)OutJson((string)entry["digest"]!)["layers"]![0]!["digest"]).Distinct());
        Assert.Equal(2, result.Warnings.Count(warning => warning.Contains("-KeepAttestation", StringComparison.Ordinal)));
        Assert.Empty(_engine.Run("Get-OciImageFile oci:out:x -Platform */* -Path *.key"));
        Assert.Equal(Out.GetDigest("x"), image.Text("Digest"));
    }

    [Theory]
    [InlineData("-Platform linux/amd64")]
    [InlineData("-Annotation @{ a = '1' }")]
    [InlineData("-PlatformFilter { $_.OS -eq 'linux' } -Annotation @{ a = '1' }")]
    public void WhatIf_NothingMatchesButOtherThingsChange_TellsTheNewDigest(string parameters)
    {
        string script = $"Remove-OciImageFile oci:images:multi -Path none* -Destination oci:out:x {parameters}";
        _engine.Run(script + " -WhatIf");
        string told = _engine.Host.Lines[0];
        Assert.False(Out.Exists);

        string digest = Assert.Single(_engine.Run(script)).Text("Digest");

        Assert.NotEqual(_index, digest);
        Assert.EndsWith($"with what else is to change ({digest}).", told, StringComparison.Ordinal);
    }

    [Fact]
    public void SourceAsDestination_OnlyPlatformsGo_IsAsked()
    {
        _engine.Host.Answers.Enqueue("No");

        Assert.Empty(_engine.Run("Remove-OciImageFile oci:images:multi -Path none* -Platform linux/amd64"));

        Assert.Single(_engine.Host.Questions);
        Assert.Equal(_index, _engine.Layout("images").GetDigest("multi"));
    }

    [Fact]
    public void WhatIf_KeepAttestation_LeavesNothingOut()
    {
        _engine.Run(Remove + "-KeepAttestation -WhatIf");

        Assert.DoesNotContain(_engine.Host.Lines, line => line.StartsWith("Leaving out ", StringComparison.Ordinal));
    }

    [Fact]
    public void Index_Result_HasTheProperties()
    {
        PSObject image = Assert.Single(_engine.Run(Remove + "-WarningAction SilentlyContinue"));

        Assert.Equal("OciPS.OciRewrittenImage", image.BaseObject.GetType().FullName);
        Assert.Equal($"oci:{_engine.GetPath("images")}:multi", image.Value("Source"));
        Assert.Equal(LayoutImages.IndexType, image.Value("MediaType"));
        Assert.Equal(true, image.Value("Changed"));
        Assert.Equal(4, image.List("RemovedFiles").Length);
        Assert.Single(image.List("RewrittenLayers"));
        Assert.Equal(4, image.List("KeptLayers").Length);
        Assert.Empty(image.List("PromotedFiles"));
        Assert.Empty(image.List("UnreadLayers"));
        PSObject[] images = image.List("Images");
        Assert.Equal(
            ["linux/amd64", "linux/arm64", "linux/arm/v7", "windows/amd64:10.0.20348.1"],
            images.Texts("Platform").Select(platform => platform.Replace("/v8", string.Empty, StringComparison.Ordinal)));
        Assert.Equal(Entries("x").Select(entry => (string?)entry["digest"]), images.Texts("Digest"));
        Assert.Equal(Enumerable.Range(0, 4).Select(i => $"oci:{_engine.GetPath("images")}:multi@{Source(i)}"), images.Texts("Source"));
        Assert.All(images, one => Assert.Equal(["etc/secret.key"], one.List("RemovedFiles").Texts("FullName")));
        Assert.All(images, one => Assert.Empty(one.List("Images")));
    }

    [Fact]
    public void KeepAttestation_ImageChanges_AttestationNamesTheNewOne()
    {
        Result result = _engine.Invoke(Remove + "-KeepAttestation");

        JsonObject[] entries = Entries("x");
        Assert.Equal(6, entries.Length);
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal((string?)entries[i]["digest"], (string?)entries[4 + i]["annotations"]!["vnd.docker.reference.digest"]);
            Assert.Equal(Source(4 + i), (string?)entries[4 + i]["digest"]);
            Assert.True(File.Exists(Out.BlobPath(Source(4 + i))));
        }

        Assert.Equal(2, result.Warnings.Count);
        Assert.All(result.Warnings, warning => Assert.Contains("attestation", warning, StringComparison.Ordinal));
    }

    [Fact]
    public void Attestation_ImageDoesNotChange_StaysWithoutAWarning()
    {
        Result result = _engine.Invoke("Remove-OciImageFile oci:images:multi -Path none* -Destination oci:out:x");

        Assert.Empty(result.Warnings);
        Assert.Equal(_index, Assert.Single(result.Output).Text("Digest"));
        Assert.Equal(false, result.Output[0].Value("Changed"));
    }

    [Theory]
    [InlineData("-Platform linux/arm64", "linux/arm64/v8")]
    [InlineData("-Platform linux/arm*/*, windows/*", "linux/arm64/v8 linux/arm/v7 windows/amd64:10.0.20348.1")]
    [InlineData("-PlatformFilter { $_.Architecture -eq 'amd64' }", "linux/amd64 windows/amd64:10.0.20348.1")]
    [InlineData("-Platform linux/* -PlatformFilter { -not $_.Variant }", "linux/amd64")]
    public void Index_Filtered_HasOnlyThose(string filter, string expected)
    {
        PSObject image = Assert.Single(_engine.Run(Remove + filter + " -WarningAction SilentlyContinue"));

        Assert.Equal(expected, string.Join(' ', _engine.Run("Get-OciPlatform oci:out:x").Select(platform => platform.ToString())));
        Assert.Equal(expected.Split(' ').Length, image.List("Images").Length);
        Assert.Empty(_engine.Run("Get-OciImageFile oci:out:x -Platform */* -Path *.key"));
    }

    [Fact]
    public void Filter_NothingMatches_StillFilters()
    {
        PSObject image = Assert.Single(
            _engine.Run("Remove-OciImageFile oci:images:multi -Path none* -Destination oci:out:x -Platform linux/arm/v7"));

        Assert.Equal(true, image.Value("Changed"));
        Assert.Equal([Source(2)], Entries("x").Select(entry => (string?)entry["digest"]));
        Assert.Equal(["False"], image.List("Images").Texts("Changed"));
    }

    [Theory]
    [InlineData("-Platform linux/s390x", "PlatformNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("-PlatformFilter { $false }", "PlatformNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("-Platform linux", "InvalidPlatform", ErrorCategory.InvalidArgument)]
    public void Filter_LeavesNothing_IsErrorAndNothingIsWritten(string filter, string errorId, ErrorCategory category)
    {
        Result result = _engine.Invoke(Remove + filter);

        result.Error.ShouldBe(errorId, category, "oci:images:multi");
        Assert.False(Out.Exists);
    }

    [Fact]
    public void PlatformFilter_Throws_EndsTheScriptAndNothingIsWritten()
    {
        Result result = _engine.Invoke(Remove + "-PlatformFilter { throw 'enough' }");

        Assert.Equal("enough", result.Terminating?.Exception.Message);
        Assert.False(Out.Exists);
    }

    [Fact]
    public void PlatformFilter_PipedFiles_AppliesToo()
    {
        _engine.Run(
            "Get-OciImageFile oci:images:multi -Platform linux/amd64 -Path *.key | Remove-OciImageFile -Destination oci:out:x "
                + "-PlatformFilter { $_.OS -eq 'windows' }");

        Assert.Equal(["windows/amd64:10.0.20348.1"], _engine.Run("Get-OciPlatform oci:out:x").Select(platform => platform.ToString()));
        Assert.Empty(_engine.Run("Get-OciImageFile oci:out:x -Platform */* -Path *.key"));
    }

    [Fact]
    public void Annotation_NonStrings_GoIntoImagesAndIndex()
    {
        _engine.Run(Remove + "-Platform linux/arm/v7 -Annotation @{ number = 7; yes = $true; 'org.example' = 'text' }");

        foreach (JsonNode document in new[] { Out.Manifest("x"), OutJson((string)Entries("x")[0]["digest"]!) })
        {
            Assert.Equal("7", (string?)document["annotations"]!["number"]);
            Assert.Equal("True", (string?)document["annotations"]!["yes"]);
            Assert.Equal("text", (string?)document["annotations"]!["org.example"]);
        }
    }

    [Fact]
    public void Annotation_NothingMatches_ChangesTheManifestAllTheSame()
    {
        PSObject first = Assert.Single(
            _engine.Run("Remove-OciImageFile oci:images:single -Path none* -Destination oci:out:x -Annotation @{ a = 1 }"));
        PSObject second = Assert.Single(
            _engine.Run("Remove-OciImageFile oci:out:x -Path none* -Destination oci:out:y -Annotation @{ a = 1 }"));

        Assert.Equal(true, first.Value("Changed"));
        Assert.Equal("1", (string?)Out.Manifest("x")["annotations"]!["a"]);
        Assert.Equal(false, second.Value("Changed"));
    }

    [Fact]
    public void Mode_NormaliseToMultiArch_SingleImageBecomesAnIndex()
    {
        PSObject image = Assert.Single(
            _engine.Run("Remove-OciImageFile oci:images:single -Path a -Destination oci:out:x -Mode NormaliseToMultiArch"));

        Assert.Equal(LayoutImages.IndexType, image.Value("MediaType"));
        JsonObject entry = Assert.Single(Entries("x"));
        Assert.Equal("v8", (string?)entry["platform"]!["variant"]);
        Assert.Equal(["c"], _engine.Run("Get-OciImageFile oci:out:x").Texts("FullName"));
    }

    [Fact]
    public void WhatIf_Index_NamesEachImageAndWritesNothing()
    {
        string[] before = _engine.Layout("images").Snapshot();

        Assert.Empty(_engine.Run(Remove + "-Platform linux/amd64, linux/arm/v7 -WhatIf"));

        string destination = $"oci:{_engine.GetPath("out")}:x";
        string source = $"oci:{_engine.GetPath("images")}:multi";
        Assert.Equal(
            [
                $"What if: Removing 1 file (6 bytes) from 1 of 2 layers of '{source}@{Source(0)}' (linux/amd64), writing to "
                    + $"'{destination}':",
                "  layer 0: etc/secret.key (6 bytes)",
                .. Layers(0),
                $"Removing 1 file (6 bytes) from 1 of 2 layers of '{source}@{Source(2)}' (linux/arm/v7), writing to '{destination}':",
                "  layer 0: etc/secret.key (6 bytes)",
                .. Layers(2),
                $"Leaving out linux/arm64 ({Source(1)}), which was not chosen.",
                $"Leaving out windows/amd64:10.0.20348.1 ({Source(3)}), which was not chosen.",
                $"Leaving out an attestation ({Source(4)}) of {Source(0)}, which changes.",
                string.Empty,
            ],
            _engine.Host.Lines);
        Assert.False(Out.Exists);
        Assert.Equal(before, _engine.Layout("images").Snapshot());
    }

    /// <summary>What becomes of each layer of an image, of which the first one is rewritten.</summary>
    private string[] Layers(int image) => _engine.Run($"(Get-OciManifest oci:images@{Source(image)}).Layers")
        .Select((layer, i) => $"  layer {i} ({layer.Text("Digest")[7..19]}, {layer.Value("Size")} B) "
            + $"{(i == 0 ? "is rewritten" : "stays as it is")}").ToArray();

    [Fact]
    public void Artifact_AnyPath_PassesUntouched()
    {
        string digest = _images.Tag("artifact", _images.Artifact());

        PSObject image = Assert.Single(_engine.Run("Remove-OciImageFile oci:images:artifact -Path * -Destination oci:out:x"));

        Assert.Equal(digest, image.Text("Digest"));
        Assert.Equal(false, image.Value("Changed"));
        Assert.Single(image.List("KeptLayers"));
    }
}
