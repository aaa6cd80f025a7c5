// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>
/// Images that are replaced in their own place by other cmdlets than Remove-OciImageFile: asked about, if anything would change.
/// </summary>
public sealed class ReplacementTests : IDisposable
{
    private readonly Engine _engine = new();

    public ReplacementTests()
    {
        _engine.Layout("images").Add("broken", new TestImage(1, [.. TestImage.App().Layers]));
        _engine.Layout("images").Add("sane", TestImage.App());
        var many = new LayoutImages(_engine.GetPath("many"));
        many.Tag("multi", many.FourPlatforms());
        _engine.Run("""
            $null = 'dir:folder', 'oci-archive:a.tar:x' | ForEach-Object { Copy-OciImage oci:many:multi $_ }
            $null = Copy-OciImage oci:images:sane docker-archive:d.tar:app:1
            """);
    }

    public static TheoryData<string> Changing =>
    [
        "Repair-OciImage oci:images:broken",
        "Repair-OciImage oci:images:broken oci:images:broken",
        "Copy-OciImage oci:images:sane oci:images:sane -Annotation @{ a = 1 }",
        "Copy-OciImage oci:images:sane oci:images:sane -Format Docker",
        "Copy-OciImage oci:images:sane oci:./images:sane -Mode NormaliseToMultiArch",
        "Copy-OciImage oci:many:multi oci:many:multi -Platform linux/amd64",
        "Copy-OciImage dir:folder dir:folder -Platform linux/amd64",
        "Copy-OciImage oci-archive:a.tar:x oci-archive:a.tar:x -Platform linux/amd64",
        "Copy-OciImage oci-archive:a.tar:x oci-archive:a.tar -Platform linux/amd64",
        "Copy-OciImage docker-archive:d.tar docker-archive:d.tar:app:2",
        "Merge-OciManifestList oci:images:sane oci:images:sane",
        "Merge-OciManifestList oci:images:sane oci:images:new -AdditionalTag sane",
        "Publish-OciKanikoImage d.tar docker-archive:d.tar:app:2",
    ];

    public void Dispose() => _engine.Dispose();

    [Theory]
    [MemberData(nameof(Changing))]
    public void InPlace_WithoutForce_IsAskedAndNoChangesNothing(string script)
    {
        string[] before = Snapshot();
        _engine.Host.Answers.Enqueue("No");

        Assert.Empty(_engine.Run(script));

        Assert.Contains("itself gets the new image", Assert.Single(_engine.Host.Questions), StringComparison.Ordinal);
        Assert.Equal(before, Snapshot());
    }

    [Theory]
    [MemberData(nameof(Changing))]
    public void InPlace_Yes_IsWritten(string script)
    {
        string[] before = Snapshot();
        _engine.Host.Answers.Enqueue("Yes");

        Assert.NotEmpty(_engine.Run(script));

        Assert.Single(_engine.Host.Questions);
        Assert.NotEqual(before, Snapshot());
    }

    [Theory]
    [MemberData(nameof(Changing))]
    public void InPlace_WithForce_IsWrittenUnasked(string script)
    {
        string[] before = Snapshot();

        Assert.NotEmpty(_engine.Run(script + " -Force"));

        Assert.Empty(_engine.Host.Questions);
        Assert.NotEqual(before, Snapshot());
    }

    [Theory]
    [MemberData(nameof(Changing))]
    public void InPlace_WhatIf_AsksAndWritesNothing(string script)
    {
        string[] before = Snapshot();

        Assert.Empty(_engine.Run(script + " -WhatIf"));

        Assert.Empty(_engine.Host.Questions);
        Assert.Contains(_engine.Host.Lines, line => line.StartsWith("What if: Performing the operation \"", StringComparison.Ordinal));
        Assert.Equal(before, Snapshot());
    }

    [Theory]
    [MemberData(nameof(Changing))]
    public void InPlace_WithConfirm_IsAskedOnce(string script)
    {
        _engine.Host.Answers.Enqueue("No");

        Assert.Empty(_engine.Run(script + " -Confirm"));

        Assert.Contains("itself gets the new image", Assert.Single(_engine.Host.Questions), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Changing))]
    public void InPlace_NobodyToAsk_IsForceRequired(string script)
    {
        string[] before = Snapshot();
        using Runspace runspace = RunspaceFactory.CreateRunspace(Engine.CreateSessionState(withModule: true));
        runspace.Open();
        runspace.SessionStateProxy.Path.SetLocation(_engine.Folder);
        using var shell = PowerShell.Create(runspace);

        Assert.Empty(shell.AddScript(script).Invoke());

        ErrorRecord error = Assert.Single(shell.Streams.Error);
        error.ShouldBe("ForceRequired");
        Assert.Equal(before, Snapshot());
    }

    [Theory]
    [InlineData("Repair-OciImage oci:images:sane")]
    [InlineData("Repair-OciImage oci:images:broken oci:images:repaired")]
    [InlineData("Copy-OciImage oci:images:sane oci:images:sane")]
    [InlineData("Copy-OciImage oci:images:sane oci:images:other -Annotation @{ a = 1 }")]
    [InlineData("Copy-OciImage oci:images:broken oci:images:sane")]
    [InlineData("Copy-OciImage dir:folder dir:folder")]
    [InlineData("Copy-OciImage oci-archive:a.tar:x oci-archive:a.tar:y -Platform linux/amd64")]
    [InlineData("Copy-OciImage oci:many:multi oci:many -Platform linux/amd64 -NoTag")]
    [InlineData("Merge-OciManifestList oci:images:sane oci:images:merged")]
    public void NothingReplacedInItsPlace_IsNotAskedAbout(string script)
    {
        Assert.Single(_engine.Run(script));

        Assert.Empty(_engine.Host.Questions);
    }

    [Fact]
    public async Task RegistryDefaults_TagOfAnIndexInPlace_IsAskedAbout()
    {
        await using RegistryServer registry = await RegistryServer.StartAsync();
        string tag = registry.Host + "/team/app:1";
        string index = Assert.Single(_engine.Run("Copy-OciImage oci:many:multi $args[0]", tag)).Text("Digest");
        byte[] bytes = registry.Content.FindManifest("team/app", index)!.Bytes;
        string image = (string)JsonNode.Parse(bytes)!["manifests"]![0]!["digest"]!;
        // As registries do for who accepts no index.
        registry.Options.Fault = (_, request) =>
        {
            bool asksForImage = request.Path.EndsWith("/manifests/1", StringComparison.Ordinal)
                && !request.Accept.Contains("index", StringComparison.Ordinal);
            return asksForImage && request.Method == "GET"
                ? RegistryFault.FromStatus(307) with { Location = $"/v2/team/app/manifests/{image}" }
                : null;
        };
        _engine.Host.Answers.Enqueue("No");

        Assert.Empty(_engine.Run("Copy-OciImage $args[0] $args[0] -Mode RegistryDefaults", tag));

        Assert.Single(_engine.Host.Questions);
        Assert.Equal(bytes, registry.Content.FindManifest("team/app", "1")!.Bytes);
    }

    [Fact]
    public void Merge_SecondTimeInPlace_ChangesNothingAndIsNotAskedAbout()
    {
        _engine.Run("$null = Merge-OciManifestList oci:images:sane oci:images:list");

        Assert.Equal("Unchanged", Assert.Single(_engine.Run("Merge-OciManifestList oci:images:list oci:images:list")).Text("Tagged"));
        Assert.Empty(_engine.Host.Questions);
    }

    [Fact]
    public void Pipeline_YesToAll_IsAskedOnce()
    {
        _engine.Layout("images").Add("too", new TestImage(1, [.. TestImage.App().Layers]));
        _engine.Host.Answers.Enqueue("Yes to All");

        Assert.Equal(3, _engine.Run("Get-OciTag oci:images | Repair-OciImage").Count);

        Assert.Single(_engine.Host.Questions);
    }

    [Theory]
    [InlineData("Remove-OciImageFile oci:images:sane -Path *.key", 1)]
    [InlineData("Repair-OciImage oci:images:sane", 0)]
    public void ErrorActionStop_EndsTheRun(string script, int expected)
    {
        using Runspace runspace = RunspaceFactory.CreateRunspace(Engine.CreateSessionState(withModule: true));
        runspace.Open();
        runspace.SessionStateProxy.Path.SetLocation(_engine.Folder);
        using var shell = PowerShell.Create(runspace);
        shell.AddScript($"try {{ $null = {script} -ErrorAction Stop }} catch {{ $_.FullyQualifiedErrorId }}");

        Assert.Equal(expected, shell.Invoke().Count(id => id.ToString().StartsWith("ForceRequired,", StringComparison.Ordinal)));
    }

    private string[] Snapshot() => Directory.GetFiles(_engine.Folder, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).Select(file => $"{file} {TestLayer.GetDigest(File.ReadAllBytes(file))}").ToArray();
}
