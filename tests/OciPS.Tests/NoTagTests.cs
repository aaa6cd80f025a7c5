// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>What is written by its digest alone.</summary>
public sealed class NoTagTests : IAsyncLifetime, IDisposable
{
    private readonly Engine _engine = new();
    private RegistryServer _registry = null!;

    public static TheoryData<string> Writers =>
    [
        "Copy-OciImage oci:images:app {0} -NoTag",
        "Remove-OciImageFile oci:images:app -Path *.key -Destination {0} -NoTag",
        "Repair-OciImage oci:images:app {0} -NoTag",
        "Publish-OciKanikoImage app.tar {0} -NoTag",
        "Merge-OciManifestList oci:images:app {0} -NoTag",
    ];

    public async Task InitializeAsync()
    {
        _registry = await RegistryServer.StartAsync();
        _engine.Layout("images").Add("app", TestImage.App());
        Tarball.Kaniko(TestImage.App()).Save(_engine.GetPath("app.tar"));
    }

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    public void Dispose() => _engine.Dispose();

    [Theory]
    [MemberData(nameof(Writers))]
    public void Registry_EachWriter_PutsByDigestAndNoTag(string writer)
    {
        PSObject image = Assert.Single(_engine.Run(Format(writer, _registry.Host + "/team/app")));

        string digest = image.Text("Digest");
        Assert.Equal(
            [$"{_registry.Host}/team/app@{digest}", $"{_registry.Host}/team/app@{digest}", string.Empty, string.Empty],
            new[] { "Reference", "DigestReference", "Tag", "Tagged" }.Select(image.Text));
        Assert.Equal(digest, LayoutImages.GetDigest(_registry.Content.FindManifest("team/app", digest)!.Bytes));
        Assert.All(
            _registry.Requests.Where(request => request.Method == "PUT" && request.Path.Contains("/manifests/", StringComparison.Ordinal)),
            request => Assert.Contains("/manifests/sha256:", request.Path, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Writers))]
    public void Layout_EachWriter_ListsTheImageWithoutANameAndKeepsTags(string writer)
    {
        _engine.Run("$null = Copy-OciImage oci:images:app oci:out:1 -Annotation @{ who = 'before' }");
        string before = _engine.Layout("out").GetDigest("1");

        PSObject image = Assert.Single(_engine.Run(Format(writer, "oci:out")));

        JsonNode added = JsonNode.Parse(_engine.Layout("out").Index)!["manifests"]!.AsArray()[^1]!;
        Assert.Equal(image.Text("Digest"), (string?)added["digest"]);
        Assert.Null(added["annotations"]);
        Assert.Equal(["1"], _engine.Layout("out").Tags);
        Assert.Equal(before, _engine.Layout("out").GetDigest("1"));
        Assert.Equal(string.Empty, image.Text("Tag"));
        Assert.Equal(image.Text("Digest"), Assert.Single(_engine.Run("Get-OciManifest $args[0]", image.Text("Reference"))).Text("Digest"));
    }

    [Theory]
    [MemberData(nameof(Writers))]
    public void Archive_EachWriter_KeepsTheImagesThatAreThere(string writer)
    {
        _engine.Run("$null = Copy-OciImage oci:images:app oci-archive:out.tar:1 -Annotation @{ who = 'before' }");

        PSObject image = Assert.Single(_engine.Run(Format(writer, "oci-archive:out.tar")));

        Assert.Equal("1", Assert.Single(_engine.Run("Get-OciTag oci-archive:out.tar")).Text("Name"));
        Assert.Equal($"oci-archive:{_engine.GetPath("out.tar")}@{image.Text("Digest")}", image.Text("Reference"));
        Assert.NotEmpty(_engine.Run("Get-OciImageFile $args[0]; Get-OciImageFile oci-archive:out.tar:1", image.Text("Reference")));
    }

    [Fact]
    public void Archive_SeveralImagesOfAPipeline_AreAllInIt()
    {
        _engine.Layout("images").Add("other", new TestImage(2, [.. TestImage.App().Layers]));

        string[] references = _engine.Run("Get-OciTag oci:images | Copy-OciImage -Destination oci-archive:out.tar -NoTag")
            .Texts("Reference");

        Assert.Equal(2, references.Distinct().Count());
        Assert.Equal(2, _engine.Run("$args | Get-OciManifest", references[0], references[1]).Count);
    }

    [Fact]
    public void Folder_HasNoTagsInAnyCase()
    {
        PSObject image = Assert.Single(_engine.Run("Copy-OciImage oci:images:app dir:out -NoTag"));

        Assert.Equal($"dir:{_engine.GetPath("out")}", image.Text("Reference"));
        Assert.Equal(_engine.Layout("images").GetDigest("app"), image.Text("Digest"));
    }

    [Fact]
    public void Tarball_GetsAnImageWithoutAName()
    {
        Assert.Single(_engine.Run("Copy-OciImage oci:images:app docker-archive:out.tar -NoTag"));

        Assert.Empty(_engine.Run("Get-OciTag docker-archive:out.tar"));
        Assert.NotEmpty(_engine.Run("Get-OciImageFile docker-archive:out.tar"));
    }

    [Theory]
    [InlineData("Copy-OciImage oci:nowhere:x $host5/app:1 -NoTag")]
    [InlineData("Copy-OciImage oci:nowhere:x ${host5}/app:latest -NoTag")]
    [InlineData("Copy-OciImage oci:nowhere:x oci:out:1 -NoTag")]
    [InlineData("Copy-OciImage oci:nowhere:x docker-archive:out.tar:app:1 -NoTag")]
    [InlineData("'oci:nowhere:x' | Copy-OciImage -Destination { 'oci:out:1' } -NoTag")]
    [InlineData("Remove-OciImageFile oci:nowhere:x -Path a -Destination oci:out:1 -NoTag")]
    [InlineData("Repair-OciImage oci:nowhere:x oci:out:1 -NoTag")]
    [InlineData("Publish-OciKanikoImage nowhere.tar oci:out:1 -NoTag")]
    [InlineData("Publish-OciKanikoImage app.tar oci:out -AdditionalTag 1 -NoTag")]
    [InlineData("Merge-OciManifestList oci:nowhere:x oci:out:1 -NoTag")]
    [InlineData("Merge-OciManifestList oci:images:app oci:out -AdditionalTag 1 -NoTag")]
    public void Tag_BesideIt_IsErrorBeforeAnythingIsReadOrWritten(string script)
    {
        _engine.Set("host5", _registry.Host);
        if (script.Contains("Publish-OciKanikoImage nowhere", StringComparison.Ordinal))
        {
            File.WriteAllText(_engine.GetPath("nowhere.tar"), "no tarball");
        }

        ErrorRecord error = _engine.Invoke(script).Error;

        error.ShouldBe("ConflictingParameters");
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
        Assert.Contains("-NoTag", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_registry.Requests);
        Assert.False(_engine.Layout("out").Exists);
    }

    [Fact]
    public void Remove_WithoutDestination_LeavesTheTagAndAsksNothing()
    {
        string before = _engine.Layout("images").GetDigest("app");

        PSObject image = Assert.Single(_engine.Run("Remove-OciImageFile oci:images:app -Path *.key -NoTag"));

        Assert.Empty(_engine.Host.Questions);
        Assert.Equal(before, _engine.Layout("images").GetDigest("app"));
        Assert.Equal($"oci:{_engine.GetPath("images")}@{image.Text("Digest")}", image.Text("Reference"));
        Assert.Empty(_engine.Run("Get-OciImageFile $args[0] -Path *.key", image.Text("Reference")));
        Assert.Equal("True", image.Text("Changed"));
    }

    [Fact]
    public void Repair_NothingToDo_NamesTheDigest()
    {
        string index = _engine.Layout("images").Index;

        PSObject image = Assert.Single(_engine.Run("Repair-OciImage oci:images:app -NoTag"));

        Assert.Equal($"oci:{_engine.GetPath("images")}@{_engine.Layout("images").GetDigest("app")}", image.Text("Reference"));
        Assert.Equal(string.Empty, image.Text("Tag"));
        Assert.Equal(index, _engine.Layout("images").Index);
    }

    [Fact]
    public void Remove_ByDigestWithoutDestination_IsWrittenBesideIt()
    {
        PSObject image = Assert.Single(
            _engine.Run("Remove-OciImageFile $args[0] -Path *.key -NoTag", $"oci:images@{_engine.Layout("images").GetDigest("app")}"));

        Assert.NotEqual(_engine.Layout("images").GetDigest("app"), image.Text("Digest"));
    }

    [Theory]
    [MemberData(nameof(Writers))]
    public void NoClobber_OfWhatIsThere_ReplacesNothingAndIsNotRefused(string writer)
    {
        string destination = _registry.Host + "/team/app";
        PSObject first = Assert.Single(_engine.Run(Format(writer, destination) + " -NoClobber"));

        PSObject second = Assert.Single(_engine.Run(Format(writer, destination) + " -NoClobber"));

        Assert.Equal(first.Text("Reference"), second.Text("Reference"));
    }

    [Fact]
    public void NoClobber_FolderThatIsThere_IsRefused()
    {
        _engine.Run("$null = Copy-OciImage oci:images:app dir:out -NoTag");

        _engine.Invoke("Copy-OciImage oci:images:app dir:out -NoTag -NoClobber").Error.ShouldBe("TagExists");
    }

    [Theory]
    [MemberData(nameof(Writers))]
    public void WhatIf_WritesNothing(string writer)
    {
        Assert.Empty(_engine.Run(Format(writer, "oci:out") + " -WhatIf"));

        Assert.False(_engine.Layout("out").Exists);
        Assert.Contains(_engine.Host.Lines, line => line.StartsWith("What if: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Registry_SaysItTookItAndDidNot_IsNotStored()
    {
        _registry.Options.Fault = (_, request) =>
            request.Method == "PUT" && request.Path.Contains("/manifests/", StringComparison.Ordinal)
                ? RegistryFault.FromStatus(201)
                : null;

        ErrorRecord error = _engine.Invoke("Copy-OciImage oci:images:app $args[0] -NoTag", _registry.Host + "/team/app").Error;

        error.ShouldBe("NotStored");
        Assert.Contains(_engine.Layout("images").GetDigest("app"), error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Output_PipedOnAndFromAJob_NamesTheSameImage()
    {
        string[] digests = _engine.Run("""
            Copy-OciImage oci:images:app oci:out -NoTag | Copy-OciImage -Destination dir:copy
            Copy-OciImage oci:images:app oci:out -NoTag | Export-Clixml x.xml
            Import-Clixml x.xml | Get-OciManifest
            Copy-OciImage oci:images:app oci:out -NoTag | Export-Csv x.csv
            Import-Csv x.csv | Get-OciManifest
            """).Texts("Digest");

        Assert.Equal(3, digests.Length);
        Assert.Equal(_engine.Layout("images").GetDigest("app"), Assert.Single(digests.Distinct()));
    }

    [PeerFact("skopeo")]
    public void Layout_Untagged_IsReadBySkopeo()
    {
        string digest = Assert.Single(_engine.Run(
            "Copy-OciImage oci:images:app oci:out -NoTag; $null = Copy-OciImage oci:images:app oci-archive:out.tar -NoTag")).Text("Digest");

        Assert.Equal(digest, LayoutImages.GetDigest(Tool.Run("skopeo", "inspect", "--raw", $"oci:{_engine.GetPath("out")}")));
        Assert.Equal(digest, LayoutImages.GetDigest(Tool.Run("skopeo", "inspect", "--raw", $"oci-archive:{_engine.GetPath("out.tar")}")));
    }

    [PeerFact("skopeo", "docker-registry")]
    public void Registry_Untagged_IsReadBySkopeoByDigest()
    {
        using var registry = new DockerRegistry();
        string reference = Assert.Single(_engine.Run("Copy-OciImage oci:images:app $args[0] -NoTag", registry.Host + "/team/app"))
            .Text("Reference");

        byte[] raw = Tool.Run("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{reference}");

        Assert.Equal(_engine.Layout("images").GetDigest("app"), LayoutImages.GetDigest(raw));
    }

    private static string Format(string writer, string destination) => writer.Replace("{0}", destination, StringComparison.Ordinal);
}
