// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using OciPS.Core.Tests.Support;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>What the tabulator key gives.</summary>
[Collection(Alone.Name)]
public sealed class CompletionTests : IAsyncLifetime, IDisposable
{
    private readonly Engine _engine = new();
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string?> _before = [];
    private RegistryServer _registry = null!;

    private string Host => _registry.Host;

    public async Task InitializeAsync()
    {
        _registry = await RegistryServer.StartAsync();
        Set("DOCKER_CONFIG", _folder.Path);
        Set(NoLayerCache.Variable, _folder["cache"]);
        Set("REGISTRY_AUTH_FILE", null);
        _folder.Write(
            "config.json",
            """{ "auths": { "https://kept.example.com/v1/": {}, "zhosted.example.com/team": {} }"""u8
                + """, "credHelpers": { "zhelped.example.com": "none" } }"""u8);
        _engine.Layout("images").Add("app", TestImage.App());
        _engine.Layout("images").Add("beta", TestImage.App());
        _engine.Run("'1.0', '1.1', '2.0' | ForEach-Object { $null = Copy-OciImage oci:images:app \"$($args[0]):$_\" }".Replace(
            "$($args[0])", $"{Host}/team/app", StringComparison.Ordinal));
    }

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    public void Dispose()
    {
        foreach ((string name, string? value) in _before)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Reference_BeginOfAHost_GivesRegistriesOfTheConfigAndRepositoriesOfTheSession()
    {
        Assert.Equal(["kept.example.com/"], Complete("Get-OciManifest ke"));
        Assert.Equal(["zhelped.example.com/", "zhosted.example.com/"], Complete("Get-OciManifest zh"));
        Assert.Contains($"{Host}/team/app", Complete($"Get-OciManifest {Host}"));
        Assert.Contains($"{Host}/team/app", Complete($"Copy-OciImage oci:images:app {Host}/t"));
    }

    [Theory]
    [InlineData("a\u2019; Write-Host owned; \u2018b")]
    [InlineData("a\u201d; Write-Host owned; \u201cb")]
    [InlineData("a'; $(Get-Date) `b")]
    [InlineData("a\nWrite-Host owned")]
    [InlineData("a\e[2J\u009b$(Get-Date)`\"\u201d b")]
    [InlineData("\u202etxt.exe")]
    [InlineData("\u2013path")]
    public void LiteralPath_HostileName_IsOneStringOfThatValueAndSteersNoTerminal(string name)
    {
        _engine.Layout("names").Add("1", new TestImage(TestLayer.Gzip(new TarBuilder().File(name, "x"))));
        _engine.Run("$null = Get-OciImageFile oci:names:1");
        // Answers are kept by the reference's text.
        string command = $"Get-OciImageFile oci:{_engine.GetPath("names")}:1 -LiteralPath ";

        var completion = (CompletionResult)Assert.Single(_engine.Run(
            "[System.Management.Automation.CommandCompletion]::CompleteInput($args[0], $args[0].Length, $null).CompletionMatches",
            command)).BaseObject;

        Ast tree = Parser.ParseInput("f " + completion.CompletionText, out _, out ParseError[] errors);
        Assert.Empty(errors);
        var parsed = Assert.IsType<CommandAst>(Assert.Single(tree.FindAll(node => node is CommandAst, true)));
        Assert.Equal(2, parsed.CommandElements.Count);
        Assert.Equal(name, Assert.IsType<StringConstantExpressionAst>(parsed.CommandElements[1]).Value);
        Assert.All([completion.CompletionText, completion.ListItemText, completion.ToolTip], text => Assert.DoesNotContain(
            text, letter => char.IsControl(letter) || char.GetUnicodeCategory(letter) == UnicodeCategory.Format));
    }

    [Fact]
    public void Reference_RepositoryWithAColon_GivesTagsAndAsksOnce()
    {
        int before = _registry.Requests.Count;
        Assert.Equal([$"{Host}/team/app:1.0", $"{Host}/team/app:1.1"], Complete($"Get-OciManifest {Host}/team/app:1"));
        Assert.True(_registry.Requests.Count > before);
        before = _registry.Requests.Count;

        Assert.Equal([$"{Host}/team/app:2.0"], Complete($"Get-OciManifest -Reference {Host}/team/app:2"));

        Assert.Equal(before, _registry.Requests.Count);
    }

    [Fact]
    public void Reference_RegistryThatDoesNotAnswer_GivesNothingSoonAndSaysNothing()
    {
        _registry.Options.Fault = (_, _) => new RegistryFault("slow") { Delay = TimeSpan.FromSeconds(20) };
        var watch = Stopwatch.StartNew();

        Assert.Empty(Complete($"$VerbosePreference = $DebugPreference = 'Continue'; Get-OciManifest {Host}/other/app:1"));

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.DoesNotContain(_engine.Host.Lines, line => line.Length > 0);
        Assert.Empty(_engine.Run("$Error"));
    }

    [Fact]
    public void Reference_RegistryThatRefuses_GivesNothingAndSaysNothing()
    {
        _registry.Options.Basic = ("user", "other");

        Assert.Empty(Complete($"Get-OciManifest {Host}/refusing/app:"));

        Assert.Empty(_engine.Run("$Error"));
        Assert.Single(_engine.Run("'oci:images:app' | Get-OciManifest"));
    }

    [Fact]
    public void Reference_Transport_GivesTransportsPathsAndTags()
    {
        Assert.Equal(["oci-archive:", "oci:"], Complete("Get-OciManifest oci").Order(StringComparer.Ordinal));
        Assert.Equal(["oci:images"], Complete("Get-OciManifest oci:im"));
        Assert.Equal(["dir:images/blobs"], Complete("Get-OciManifest dir:images/b"));
        Assert.Equal(["oci:images:app", "oci:images:beta"], Complete("Get-OciManifest oci:images:"));
        Assert.Equal(["oci:images:beta"], Complete("Copy-OciImage -Destination oci:out:1 -Reference oci:images:b"));
    }

    [Fact]
    public void Reference_PathThatNeedsQuotes_GetsThem()
    {
        Directory.Move(_engine.GetPath("images"), _engine.GetPath("my images"));

        Assert.Equal(["'oci:my images'"], Complete("Get-OciManifest 'oci:my"));
        Assert.Equal(["'oci:my images:app'", "'oci:my images:beta'"], Complete("Get-OciManifest 'oci:my images:'"));
    }

    [Fact]
    public void Platform_OfTheImageThatWasTyped()
    {
        var images = new LayoutImages(_engine.GetPath("multi"));
        images.Tag("1", images.Index(
            images.Image("linux/amd64", [images.Layer(("a", "a"))]), images.Image("linux/arm64/v8", [images.Layer(("a", "b"))])));

        Assert.Equal(["linux/amd64", "linux/arm64/v8"], Complete("Get-OciManifest oci:multi:1 -Platform "));
        Assert.Equal(["linux/arm64/v8"], Complete("Copy-OciImage oci:multi:1 oci:x:y -Platform linux/ar"));
        Assert.Contains("linux/amd64", Complete("Get-OciManifest -Platform li"));
    }

    [Fact]
    public void Path_OfAnImageThatWasListedBefore_FolderByFolder()
    {
        Assert.Empty(Complete($"Get-OciImageFile {Host}/team/app:1.0 -Path "));
        string[] names = _engine.Run($"(Get-OciImageFile {Host}/team/app:1.0).FullName").Select(name => name.ToString()).ToArray();

        string[] top = Complete($"Get-OciImageFile {Host}/team/app:1.0 -Path ");
        Assert.Equal(
            names.Select(name => name.Contains('/', StringComparison.Ordinal)
                ? name[..(name.IndexOf('/', StringComparison.Ordinal) + 1)]
                : name).Distinct().Order(StringComparer.Ordinal),
            top.Select(text => text.Trim('\'')).Where(text => names.Any(name => name.StartsWith(text, StringComparison.Ordinal))));
        Assert.Contains("etc/", top);
        Assert.Contains("etc/ssl/", Complete($"Remove-OciImageFile {Host}/team/app:1.0 -Path etc/s"));
        Assert.Contains("/etc/ssl/", Complete($"Get-OciImageFile {Host}/team/app:1.0 -LiteralPath /etc/s"));
    }

    [Fact]
    public void Path_ThatWouldBeAPattern_IsEscaped()
    {
        _engine.Layout("odd").Add("app", new TestImage(TestLayer.Gzip(new TarBuilder().File("etc/we[i]rd", "x"))));
        _engine.Run("$null = Get-OciImageFile oci:odd:app");

        Assert.Equal(["'etc/we`[i`]rd'"], Complete("Get-OciImageFile oci:odd:app -Path etc/"));
        Assert.Equal(["'./etc/we`[i`]rd'"], Complete("Get-OciImageFile oci:odd:app -Path './etc/we`[i"));
        Assert.Equal(["etc/we[i]rd"], Complete("Get-OciImageFile oci:odd:app -LiteralPath etc/"));
        Assert.Single(_engine.Run("Get-OciImageFile oci:odd:app -Path 'etc/we`[i`]rd'"));
    }

    [Fact]
    public void Name_OfGetOciTag_GivesTags()
    {
        Assert.Equal(["1.0", "1.1"], Complete($"Get-OciTag {Host}/team/app -Name 1"));
        Assert.Equal(["app", "beta"], Complete("Get-OciTag oci:images "));
    }

    [Fact]
    public void Reference_WithTheTransportOfRegistries_GivesTheSame()
    {
        Assert.Equal(["dir:", "docker-archive:", "docker://"], Complete("Get-OciManifest d").Order(StringComparer.Ordinal));
        Assert.Contains($"docker://{Host}/team/app", Complete($"Get-OciManifest docker://{Host}/t"));
        Assert.Equal([$"docker://{Host}/team/app:2.0"], Complete($"Get-OciManifest docker://{Host}/team/app:2"));
    }

    [Fact]
    public void Reference_OfAFolder_GivesNoFiles()
    {
        File.WriteAllText(_engine.GetPath("images.tar"), string.Empty);

        Assert.Equal(["oci:images"], Complete("Get-OciManifest oci:im"));
        Assert.Equal(["dir:images"], Complete("Get-OciManifest dir:im"));
        Assert.Equal(["oci-archive:images", "oci-archive:images.tar"], Complete("Get-OciManifest oci-archive:im"));
    }

    [Fact]
    public void Reference_RelativeInAnotherFolder_IsAskedForThere()
    {
        _engine.Layout("elsewhere/images").Add("gamma", TestImage.App());
        Assert.Equal(["oci:images:app", "oci:images:beta"], Complete("Get-OciManifest oci:images:"));
        _engine.Run("Set-Location elsewhere");

        Assert.Equal(["oci:images:gamma"], Complete("Get-OciManifest oci:images:"));
        Assert.Equal(["gamma"], Complete("Get-OciTag oci:images "));
        _engine.Run("Set-Location ..");
        Assert.Equal(["app", "beta"], Complete("Get-OciTag oci:images "));
    }

    [Theory]
    [InlineData("")]
    [InlineData("utf")]
    [InlineData("BIG")]
    [InlineData("u*32")]
    [InlineData("x")]
    public void Encoding_IsCompletedAsThatOfGetContent(string word)
    {
        string[] expected = Complete($"Get-Content x -Encoding {word}");
        Assert.Equal(word == "x", expected.Length == 0);

        Assert.Equal(expected, Complete($"Get-OciFileContent oci:images:app -LiteralPath x -Encoding {word}"));
        Assert.Equal(expected, Complete($"Select-OciFileString -Pattern x -Encoding {word}"));
        _engine.Run("$null = New-PSDrive image Oci oci:images:app; Set-Location image:");
        Assert.Equal(expected, Complete($"Get-Content image:/x -Encoding {word}"));
    }

    [Fact]
    public void Registry_OfConnect_GivesThoseOfTheConfig()
    {
        Assert.Equal(["zhelped.example.com", "zhosted.example.com"], Complete("Connect-OciRegistry zh"));
        Assert.Equal(["kept.example.com"], Complete("Disconnect-OciRegistry k"));
    }

    private void Set(string name, string? value)
    {
        _before.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }

    private string[] Complete(string text) =>
        _engine.Run(
            "[System.Management.Automation.CommandCompletion]::CompleteInput($args[0], $args[0].Length, "
                + "$null).CompletionMatches.CompletionText", text)
        .Where(item => item is not null).Select(item => item.ToString()).ToArray();
}
