// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Core.Tests.Support;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Every cmdlet and parameter has help, and every example runs.</summary>
[Trait("Speed", "Slow")]
public sealed class HelpTests : IAsyncLifetime, IDisposable
{
    private const string ExampleRegistry = "registry.example.com";

    // Parameters that every cmdlet has; PowerShell's own help tells of them.
    private static readonly string[] s_common = [.. Cmdlet.CommonParameters];

    private readonly Engine _engine = new();
    private RegistryServer _registry = null!;

    public static TheoryData<string> Cmdlets()
    {
        using var engine = new Engine();
        return [.. engine.Run("(Get-Command -Module OciPS).Name").Select(name => name.ToString())];
    }

    public static TheoryData<string, int> Examples()
    {
        using var engine = new Engine();
        var examples = new TheoryData<string, int>();
        foreach (PSObject name in engine.Run("(Get-Command -Module OciPS).Name"))
        {
            for (int i = 0; i < engine.Run("@((Get-Help $args[0] -Full).examples.example)", name.ToString()).Count; i++)
            {
                examples.Add(name.ToString(), i);
            }
        }

        return examples;
    }

    public async Task InitializeAsync() => _registry = await RegistryServer.StartAsync();

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    public void Dispose() => _engine.Dispose();

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Cmdlet_Help_TellsWhatItDoesAndEveryParameter(string cmdlet)
    {
        dynamic help = _engine.Run("Get-Help $args[0] -Full", cmdlet).Single();
        Assert.NotEmpty((string)help.Synopsis);
        Assert.NotEmpty(_engine.Run("(Get-Help $args[0] -Full).description.Text", cmdlet));
        Assert.NotEmpty(_engine.Run("(Get-Help $args[0] -Full).examples.example", cmdlet));
        foreach (string parameter in _engine.Run("(Get-Command $args[0]).Parameters.Keys", cmdlet).Select(name => name.ToString())
            .Except(s_common))
        {
            PSObject text = _engine.Run("(Get-Help $args[0] -Parameter $args[1]).description.Text -join ' '", cmdlet, parameter).Single();
            Assert.True(text.ToString().Length > 10, $"{cmdlet} -{parameter} has no description.");
        }
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Cmdlet_RelatedLinks_LeadToCmdletsAndTopicsThatAreThere(string cmdlet)
    {
        string[] links = [.. _engine.Run(
            "(Get-Help $args[0] -Full).relatedLinks.navigationLink.linkText", cmdlet).Select(link => link.ToString())];

        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.NotEmpty(_engine.Run("(Get-Help $args[0]) | Out-String", link).Single().ToString()));
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Cmdlet_Page_HasEveryParameterAndExample(string cmdlet)
    {
        string page = File.ReadAllText(
            Path.Combine(Path.GetDirectoryName(Engine.ModulePath)!, "..", "..", "docs", "cmdlets", $"{cmdlet}.md"));

        Assert.All(
            _engine.Run("(Get-Command $args[0]).Parameters.Keys", cmdlet).Select(name => name.ToString()).Except(s_common),
            name => Assert.Contains($"### -{name}\n", page, StringComparison.Ordinal));
        Assert.All(
            _engine.Run("(Get-Help $args[0] -Full).examples.example.code", cmdlet),
            code => Assert.Contains(code.ToString(), page, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Cmdlet_Help_HasASyntaxForEveryParameterSet(string cmdlet) => Assert.Equal(
        _engine.Run("(Get-Command $args[0]).ParameterSets.Count", cmdlet).Single().BaseObject,
        _engine.Run("(Get-Help $args[0] -Full).syntax.syntaxItem", cmdlet).Count);

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_TypedAsItStands_Runs(string cmdlet, int number)
    {
        Tarball.Kaniko(Image()).Save(_engine.GetPath("app.tar"));
        Tarball.Kaniko(Image("arm64")).Save(_engine.GetPath("arm64.tar"));
        _engine.Run("""
            $null = Publish-OciKanikoImage ./app.tar oci:images/app:1
            $null = Publish-OciKanikoImage ./app.tar "$($args[0]):1" -AdditionalTag amd64
            $null = Publish-OciKanikoImage ./arm64.tar "$($args[0]):arm64"
            """, $"{_registry.Host}/team/app");
        using var authority = new TestAuthority();
        File.WriteAllText(_engine.GetPath("ca.crt"), authority.Pem);
        if (cmdlet is "Merge-OciManifestList" or "Copy-OciImage" or "Get-OciContainerSource")
        {
            PrepareInputs();
        }

        string code = _engine.Run("@((Get-Help $args[0] -Full).examples.example)[$args[1]].code", cmdlet, number).Single().ToString();

        Result result = _engine.Invoke(Surroundings + code.Replace(ExampleRegistry, _registry.Host, StringComparison.Ordinal));

        Assert.Equal([], result.AllErrors.Select(error => error.ToString()));
        foreach (PSObject image in result.Output.Where(
            item => item.Properties["DigestReference"] is not null && item.Properties["Digest"] is not null))
        {
            // What an example says that it wrote can be read, by its reference and by its digest.
            Assert.Equal(
                image.Text("Digest"), Assert.Single(_engine.Run("Get-OciManifest $args[0]", image.Text("DigestReference"))).Text("Digest"));
            Assert.Equal(
                image.Text("Digest"), Assert.Single(_engine.Run("Get-OciManifest $args[0]", image.Text("Reference"))).Text("Digest"));
        }

        if (cmdlet is "Copy-OciImage" or "Merge-OciManifestList" or "Publish-OciKanikoImage" or "Remove-OciImageFile"
            && !code.Contains("-WhatIf", StringComparison.Ordinal))
        {
            Assert.Contains(result.Output, item => item.Properties["DigestReference"] is not null);
        }
    }

    /// <summary>An image that has what the examples speak of.</summary>
    private static TestImage Image(string architecture = "amd64") => new(architecture,
        TestLayer.Gzip(new TarBuilder()
            .Folder("etc").File("etc/os-release", "NAME=example").File("etc/tls.pem", "-----BEGIN RSA PRIVATE KEY-----")
            .File("root/.ssh/id", "key")
            .Folder("usr/share/doc").File("usr/share/doc/readme", "text")),
        TestLayer.Gzip(new TarBuilder().File("app/server.key", "key")));

    /// <summary>What a build stage is given: an image in a directory, and a list that names it.</summary>
    private void PrepareInputs()
    {
        _engine.Run("""
            $null = Copy-OciImage oci:images/app:1 dir:image
            $null = Copy-OciImage oci:images/app:1 dir:stage/app
            $list = (Get-OciManifest dir:image -Mode NormaliseToMultiArch).RawJson
            $others = 1..2 | ForEach-Object { '{"mediaType":"application/vnd.oci.image.manifest.v1+json","size":2,"digest":"sha256:' + "$_" * 64 + '","platform":{"os":"linux","architecture":"s390x","variant":"' + $_ + '"}},' }
            [IO.File]::WriteAllText("$PWD/list.json", $list.Replace('"manifests":[', '"manifests":[' + -join $others))
            $null = [IO.Directory]::CreateDirectory("$PWD/stage/lists")
            [IO.File]::WriteAllText("$PWD/stage/lists/sha256-list", $list)
            $null = [IO.Directory]::CreateDirectory("$PWD/stage/images")
            [IO.Directory]::Move("$PWD/stage/app", "$PWD/stage/images/sha256-0123456789ab")
            $null = Copy-OciImage oci:images/app:1 dir:stage/app
            """);
        File.WriteAllText(_engine.GetPath("inputs.json"), """
            { "images": { "path": "stage/images", "data": { "archives": { "sha256-0123456789ab": { "format": "dir", "name": "registry.example.com/team/app:1" } } } },
              "manifest-lists": { "path": "stage/lists", "data": { "files": { "sha256-list": {} } } } }
            """);
    }

    // What an example takes for granted: somebody who answers, and a variable.
    private const string Surroundings = """
        function Get-Credential { [pscredential]::new('user', [securestring]::new()) }
        $env:REGISTRY_TOKEN = 'token'

        """;
}
