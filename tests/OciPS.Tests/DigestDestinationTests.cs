// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>A digest in a destination: what has to come out, else nothing is tagged.</summary>
public sealed class DigestDestinationTests : IAsyncLifetime, IDisposable
{
    private const string Other = "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";

    private readonly Engine _engine = new();
    private RegistryServer _registry = null!;
    private string _digest = string.Empty;

    /// <summary>What writes to a destination whose digest is known before anything is copied.</summary>
    public static TheoryData<string> Forecast =>
    [
        "Copy-OciImage oci:images:app $to",
        "Copy-OciImage oci:images:app $to -Annotation @{ a = 1 }",
        "Remove-OciImageFile oci:images:app -Path *.none -Destination $to",
        "Repair-OciImage oci:images:app $to",
        "Repair-OciImage oci:images:broken $to",
        "Merge-OciManifestList oci:images:app $to",
        "Publish-OciKanikoImage app.tar $to",
    ];

    public async Task InitializeAsync()
    {
        _registry = await RegistryServer.StartAsync();
        _digest = _engine.Layout("images").Add("app", TestImage.App());
        _engine.Layout("images").Add("broken", new TestImage(1, [.. TestImage.App().Layers]));
        Tarball.Kaniko(TestImage.App()).Save(_engine.GetPath("app.tar"));
    }

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("oci:out:1")]
    [InlineData("oci-archive:out.tar:1")]
    [InlineData("HOST/team/app:1")]
    public void TagAndDigest_ThatComesOut_IsTagged(string place)
    {
        string destination = place.Replace("HOST", _registry.Host, StringComparison.Ordinal);

        PSObject copy = Assert.Single(_engine.Run("Copy-OciImage oci:images:app $args[0]", $"{destination}@{_digest}"));

        Assert.Equal(["1", "Created", _digest], new[] { "Tag", "Tagged", "Digest" }.Select(copy.Text));
        Assert.EndsWith($":1@{_digest}", copy.Text("Reference"), StringComparison.Ordinal);
        Assert.Equal(_digest, Assert.Single(_engine.Run("Get-OciManifest $args[0]", destination)).Text("Digest"));
    }

    [Theory]
    [InlineData("oci:out")]
    [InlineData("oci-archive:out.tar")]
    [InlineData("HOST/team/app")]
    public void DigestAlone_ThatComesOut_IsNotTagged(string place)
    {
        string destination = place.Replace("HOST", _registry.Host, StringComparison.Ordinal);
        _engine.Run("$null = Copy-OciImage oci:images:broken $args[0]", destination + ":1");

        PSObject copy = Assert.Single(_engine.Run("Copy-OciImage oci:images:app $args[0]", $"{destination}@{_digest}"));

        Assert.Equal([string.Empty, string.Empty, _digest], new[] { "Tag", "Tagged", "Digest" }.Select(copy.Text));
        Assert.Equal(copy.Text("DigestReference"), copy.Text("Reference"));
        Assert.Equal("1", Assert.Single(_engine.Run("Get-OciTag $args[0]", destination)).Text("Name"));
        Assert.Equal(_digest, Assert.Single(_engine.Run("Get-OciManifest $args[0]", copy.Text("Reference"))).Text("Digest"));
        Assert.Equal(
            _engine.Layout("images").GetDigest("broken"),
            Assert.Single(_engine.Run("Get-OciManifest $args[0]", destination + ":1")).Text("Digest"));
    }

    [Fact]
    public void Folder_DigestThatComesOut_IsWrittenThere()
    {
        Assert.Equal(_digest, Assert.Single(_engine.Run("Copy-OciImage oci:images:app $args[0]", $"dir:out@{_digest}")).Text("Digest"));

        Assert.True(File.Exists(_engine.GetPath("out/manifest.json")));
        Assert.False(Path.Exists(_engine.GetPath($"out@{_digest}")));
        Assert.Single(_engine.Run("Copy-OciImage oci:images:app $args[0]", $"dir:out@{_digest}"));
    }

    [Theory]
    [MemberData(nameof(Forecast))]
    public void Mismatch_KnownBefore_CopiesNothing(string script)
    {
        foreach (string destination in Places(Other).Append($"oci:out@{Other}"))
        {
            _engine.Set("to", destination);

            Result result = _engine.Invoke(script);

            result.Error.ShouldBe("DigestMismatch");
            Assert.Equal(ErrorCategory.InvalidData, result.Error.CategoryInfo.Category);
            Assert.Contains(Other, result.Error.ToString(), StringComparison.Ordinal);
            Assert.Empty(result.Output);
            Assert.False(_engine.Layout("out").Exists);
            Assert.False(Path.Exists(_engine.GetPath("out.tar")) || Path.Exists(_engine.GetPath("folder")));
            Assert.DoesNotContain(_registry.Requests, request => request.Method is "PUT" or "POST" or "PATCH");
        }
    }

    [Theory]
    [MemberData(nameof(Forecast))]
    public void Mismatch_WhatIf_IsSaid(string script)
    {
        _engine.Set("to", $"oci:out:1@{Other}");

        _engine.Invoke(script + " -WhatIf").Error.ShouldBe("DigestMismatch");

        Assert.False(_engine.Layout("out").Exists);
    }

    [Fact]
    public void Mismatch_OfWhatIsRewritten_TagsNothingAndLeavesNoLayout()
    {
        _engine.Run("$null = Copy-OciImage oci:images:broken $args[0]", _registry.Host + "/team/app:1");
        foreach (string destination in Places(_digest))
        {
            ErrorRecord error = _engine.Invoke("Remove-OciImageFile oci:images:app -Path *.key -Destination $args[0]", destination).Error;

            error.ShouldBe("DigestMismatch");
            Assert.Contains($"is {_digest}, and layers or configs were rewritten", error.ToString(), StringComparison.Ordinal);
            Assert.False(_engine.Layout("out").Exists);
            Assert.False(Path.Exists(_engine.GetPath("out.tar")) || Path.Exists(_engine.GetPath("folder")));
        }

        Assert.Equal(
            _engine.Layout("images")
                .GetDigest("broken"), Assert.Single(_engine.Run("Get-OciManifest $args[0]", _registry.Host + "/team/app:1"))
                .Text("Digest"));
    }

    [Theory]
    [InlineData("-Annotation @{ a = 1 }", "annotations were added")]
    [InlineData("-Format Docker", "media types were converted")]
    [InlineData("-Mode NormaliseToMultiArch", "a single image became an index")]
    public void Mismatch_SaysWhatChanged(string parameters, string expected)
    {
        ErrorRecord error = _engine.Invoke($"Copy-OciImage oci:images:app $args[0] {parameters}", $"oci:out:1@{_digest}").Error;

        error.ShouldBe("DigestMismatch");
        Assert.Contains($"is {_digest}, and {expected}", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Mismatch_PlatformsChosen_SaysSo()
    {
        var images = new LayoutImages(_engine.GetPath("many"));
        string index = images.Tag("multi", images.FourPlatforms());

        ErrorRecord error = _engine.Invoke("Copy-OciImage oci:many:multi $args[0] -Platform linux/amd64", $"oci:out:1@{index}").Error;

        error.ShouldBe("DigestMismatch");
        Assert.Contains("an index lists only a part of its images", error.ToString(), StringComparison.Ordinal);
        Assert.Single(_engine.Run("Copy-OciImage oci:many:multi $args[0]", $"oci:out:1@{index}"));
    }

    [Fact]
    public void Rewritten_DigestOfAFirstRun_IsTaggedByASecond()
    {
        string digest = Assert.Single(_engine.Run("Remove-OciImageFile oci:images:app -Path *.key -Destination oci:trial -NoTag"))
            .Text("Digest");

        PSObject image = Assert.Single(
            _engine.Run("Remove-OciImageFile oci:images:app -Path *.key -Destination $args[0]", $"oci:out:clean@{digest}"));

        Assert.Equal("Created", image.Text("Tagged"));
        Assert.Equal(digest, _engine.Layout("out").GetDigest("clean"));
    }

    [Fact]
    public void Tag_BesideTheDigest_IsFoundWhereItIs()
    {
        _engine.Run("$null = Copy-OciImage oci:images:broken oci:out:1");

        PSObject moved = Assert.Single(_engine.Run("Copy-OciImage oci:images:app $args[0]", $"oci:out:1@{_digest}"));
        PSObject same = Assert.Single(_engine.Run("Copy-OciImage oci:images:app $args[0]", $"oci:out:1@{_digest}"));

        Assert.Equal(["Moved", "Unchanged"], new[] { moved, same }.Texts("Tagged"));
        _engine.Invoke("Copy-OciImage oci:images:app $args[0] -NoClobber", $"oci:out:1@{_digest}").Error.ShouldBe("TagExists");
        Assert.Single(_engine.Run("Copy-OciImage oci:images:app $args[0] -NoClobber", $"oci:out@{_digest}"));
    }

    [Fact]
    public void AdditionalTag_BesideADigest_GetsTheSame()
    {
        string digest = Assert.Single(_engine.Run("Publish-OciKanikoImage app.tar oci:trial -NoTag")).Text("Digest");

        PSObject[] images = [.. _engine.Run("Publish-OciKanikoImage app.tar $args[0] -AdditionalTag 1, 2", $"oci:out:1@{digest}")];

        Assert.Equal(["1", "2"], images.Texts("Tag"));
        Assert.Equal(["1", "2"], _engine.Layout("out").Tags);
    }

    [Fact]
    public void InPlace_TagAndDigestOfItself_ChangesNothing()
    {
        string before = _engine.Layout("images").Index;

        Assert.Equal(
            "Unchanged", Assert.Single(_engine.Run("Copy-OciImage oci:images:app $args[0]", $"oci:images:app@{_digest}")).Text("Tagged"));
        Assert.Single(_engine.Run("Copy-OciImage $args[0] $args[0]", $"oci:images@{_digest}"));

        Assert.Empty(_engine.Host.Questions);
        Assert.Equal(
            JsonNode.Parse(before)!["manifests"]!.AsArray().Count,
            JsonNode.Parse(_engine.Layout("images").Index)!["manifests"]!.AsArray().Count);
    }

    [Fact]
    public void Folder_WithAList_IsTheListsDigest()
    {
        string list = Path.Combine(_engine.Folder, "list.json");
        File.WriteAllText(
            list, Assert.Single(_engine.Run("(Get-OciManifest oci:images:app -Mode NormaliseToMultiArch).RawJson")).ToString());
        _engine.Run(
            "$null = Copy-OciImage oci:images:app dir:built; $null = Merge-OciManifestList -ManifestList list.json -ImageDirectory built");

        _engine.Invoke("Copy-OciImage dir:built $args[0]", $"oci:out:1@{_digest}").Error.ShouldBe("DigestMismatch");
        Assert.Single(_engine.Run("Copy-OciImage dir:built $args[0]", $"oci:out:1@{TestLayer.GetDigest(File.ReadAllBytes(list))}"));
    }

    private string[] Places(string digest) =>
        [.. new[] { "oci:out:1", "oci-archive:out.tar:1", "dir:folder", _registry.Host + "/team/app:1" }.Select(
            place => $"{place}@{digest}")];
}
