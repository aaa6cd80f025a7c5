// SPDX-License-Identifier: MIT

using System.Management.Automation;
using Microsoft.AspNetCore.Http;
using OciPS.Core.Tests.Support;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

public sealed class GetOciTagTests : IAsyncLifetime, IDisposable
{
    private readonly Engine _engine = new();
    private readonly LayoutImages _images;
    private RegistryServer _registry = null!;

    public GetOciTagTests()
    {
        _images = new LayoutImages(_engine.GetPath("images"));
        System.Text.Json.Nodes.JsonObject image = _images.Image("linux/amd64", [_images.Layer(("a", "b"))]);
        foreach (string tag in new[] { "1.0", "1.1", "2.0", "latest", "Edge" })
        {
            _images.Tag(tag, image);
        }
    }

    public async Task InitializeAsync()
    {
        _registry = await RegistryServer.StartAsync();
        _registry.Load("team/app", _images);
        _engine.Set("repo", _registry.Host + "/team/app");
    }

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    public void Dispose() => _engine.Dispose();

    private string LayoutPath => _engine.GetPath("images");

    [Fact]
    public void Layout_SeveralTags_HaveTheirProperties()
    {
        PSObject tag = _engine.Run("Get-OciTag oci:images")[0];

        Assert.Equal("OciPS.OciTag", tag.BaseObject.GetType().FullName);
        Assert.Equal($"oci:{LayoutPath}:1.0", Assert.IsType<string>(tag.Value("Reference")));
        Assert.Equal($"oci:{LayoutPath}", tag.Value("Repository"));
        Assert.Equal("1.0", tag.Value("Name"));
        Assert.Equal($"oci:{LayoutPath}:1.0", tag.ToString());
    }

    [Fact]
    public void Registry_SeveralPages_AllTagsComeOut()
    {
        _registry.Options.PageSize = 2;

        IReadOnlyList<PSObject> tags = _engine.Run("Get-OciTag $repo");

        Assert.Equal(["1.0", "1.1", "2.0", "Edge", "latest"], tags.Texts("Name"));
        Assert.All(tags, tag => Assert.Equal($"{_registry.Host}/team/app", tag.Value("Repository")));
        Assert.Equal(3, _registry.Requests.Count(request => request.Path.Contains("/tags/list", StringComparison.Ordinal)));
    }

    [Fact]
    public void Registry_SeveralPagesAndFirstItemOnly_NextPageIsNotRead()
    {
        _registry.Options.PageSize = 2;

        Assert.Single(_engine.Run("Get-OciTag $repo | Select-Object -First 1"));

        Assert.Single(_registry.Requests, request => request.Path.Contains("/tags/list", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Get-OciTag oci:images -Name 1.*", "1.0 1.1")]
    [InlineData("Get-OciTag oci:images 1.*, latest", "1.0 1.1 latest")]
    [InlineData("Get-OciTag oci:images [12].0", "1.0 2.0")]
    [InlineData("Get-OciTag oci:images ?.0", "1.0 2.0")]
    [InlineData("Get-OciTag oci:images 'E*'", "Edge")]
    [InlineData("Get-OciTag oci:images nothing*", "")]
    [InlineData("Get-OciTag oci:images:2.0", "1.0 1.1 2.0 latest Edge")]
    public void Name_Wildcards_ChooseCaseSensitively(string script, string expected)
    {
        Assert.Equal(expected, string.Join(' ', _engine.Run(script).Texts("Name")));
    }

    [Theory]
    [InlineData("Get-OciTag oci:images edge", "", "edge")]
    [InlineData("Get-OciTag $repo -Name '1.0', none, 'x*', 'no`*t'", "1.0", "none no*t")]
    [InlineData("'oci:images', $repo | Get-OciTag -Name latest, 9", "latest latest", "9 9")]
    public void Name_LiteralThatIsNotThere_IsAnError(string script, string expected, string missing)
    {
        Result result = _engine.Invoke(script);

        Assert.Equal(expected, string.Join(' ', result.Output.Texts("Name")));
        string[] names = missing.Split(' ');
        Assert.Equal(names.Length, result.Errors.Count);
        for (int i = 0; i < names.Length; i++)
        {
            Assert.StartsWith("TagNotFound,", result.Errors[i].FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Equal(ErrorCategory.ObjectNotFound, result.Errors[i].CategoryInfo.Category);
            Assert.Contains($"'{names[i]}'", result.Errors[i].ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Get-OciTag {0}")]
    [InlineData("Get-OciManifest {0}")]
    [InlineData("Get-OciPlatform {0}")]
    [InlineData("Get-OciImageConfig {0}")]
    [InlineData("Get-OciImageFile {0}")]
    [InlineData("Compare-OciImage oci:images:1.0 {0}")]
    [InlineData("Copy-OciImage oci:images:1.0 {0}")]
    [InlineData("Copy-OciImage {0} oci:out:1")]
    [InlineData("Remove-OciImageFile {0} -Path a -Force")]
    [InlineData("Repair-OciImage {0}")]
    [InlineData("Export-OciImageLayer {0} out.tar")]
    [InlineData("Merge-OciManifestList oci:images:1.0 -Destination {0}")]
    [InlineData("Publish-OciKanikoImage app.tar {0}")]
    [InlineData("New-PSDrive x Oci {0}")]
    public void Registry_WithoutARepository_IsInvalidReferenceForEveryCmdlet(string script)
    {
        Tarball.Kaniko(TestImage.App(), "example.com/app:1").Save(_engine.GetPath("app.tar"));

        Result result = _engine.Invoke(string.Format(System.Globalization.CultureInfo.InvariantCulture, script, _registry.Host));

        ErrorRecord error = Assert.Single(result.AllErrors);
        Assert.StartsWith("InvalidReference", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains($"{_registry.Host}/REPO:TAG", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_registry.Requests);
    }

    [Theory]
    [InlineData("Get-OciTag -Reference $repo -Name 2.0")]
    [InlineData("Get-OciTag -Image $repo -Name 2.0")]
    [InlineData("Get-OciTag -ImageName $repo -Name 2.0")]
    [InlineData("$repo | Get-OciTag -Name 2.0")]
    [InlineData("[pscustomobject]@{ Reference = $repo } | Get-OciTag -Name 2.0")]
    [InlineData("[pscustomobject]@{ ImageName = $repo } | Get-OciTag -Name 2.0")]
    [InlineData("Get-OciManifest ${repo}:1.0 | Get-OciTag -Name 2.0")]
    [InlineData("Get-OciTag $repo 1.0 | Get-OciTag -Name 2.0")]
    public void Reference_ByEachWay_Binds(string script)
    {
        Assert.Equal(["2.0"], _engine.Run(script).Texts("Name"));
    }

    [Theory]
    [InlineData("Get-OciTag $repo 2.0 | Get-OciManifest")]
    [InlineData("Get-OciTag $repo 2.0 | Get-OciPlatform")]
    [InlineData("Get-OciTag $repo 2.0 | Get-OciImageConfig")]
    [InlineData("Get-OciTag $repo 2.0 | Get-OciImageFile")]
    [InlineData("Get-OciTag $repo 2.0 | Repair-OciImage")]
    [InlineData("Get-OciTag $repo 2.0 | Copy-OciImage -Destination { \"oci:out:$($_.Name)\" }")]
    [InlineData("Get-OciTag $repo 2.0 | Remove-OciImageFile -Path a -Destination { \"oci:out:$($_.Name)\" }")]
    public void Tag_PipedIntoOtherCmdlet_Binds(string script)
    {
        Assert.Equal(["2.0"], _engine.Run(script).Texts("Tag"));
    }

    [Fact]
    public void Archive_Tags_ComeOutAndPipe()
    {
        Tarball.Kaniko(TestImage.App(), "example.com/app:1").Save(_engine.GetPath("app.tar"));

        PSObject tag = Assert.Single(_engine.Run("Get-OciTag docker-archive:app.tar"));

        Assert.Equal("example.com/app:1", tag.Value("Name"));
        Assert.Single(_engine.Run("Get-OciTag docker-archive:app.tar | Get-OciManifest"));
    }

    [Fact]
    public void Reference_OneOfSeveralIsBad_OthersComeOut()
    {
        Result result = _engine.Invoke(
            "'NOT A REF', $repo, \"$($repo -replace '/.*')/no/such\", 'oci:nowhere', 'oci:images' | Get-OciTag -Name latest");

        Assert.Equal([$"{_registry.Host}/team/app", $"oci:{LayoutPath}"], result.Output.Texts("Repository"));
        Assert.Null(result.Terminating);
        Assert.Equal(3, result.Errors.Count);
        result.Errors[0].ShouldBe("InvalidReference", ErrorCategory.InvalidArgument, "NOT A REF");
        result.Errors[1].ShouldBe("RepositoryNotFound", ErrorCategory.ObjectNotFound, $"{_registry.Host}/no/such");
        result.Errors[2].ShouldBe("ManifestNotFound", ErrorCategory.ObjectNotFound, "oci:nowhere");
    }

    [Fact]
    public void ErrorId_ComparedAsScriptsDo_Fits()
    {
        IReadOnlyList<PSObject> output = _engine.Run(
            "try { Get-OciTag \"$($repo -replace '/.*')/no/such\" -ErrorAction Stop } catch { $_.FullyQualifiedErrorId -like "
                + "'RepositoryNotFound,*' }");

        Assert.Equal(true, Assert.Single(output).BaseObject);
    }

    [Theory]
    [InlineData("", "bad-\\u001b1', 'worse-\\u001b2")]
    [InlineData("-Name 1.*, latest", null)]
    [InlineData("-Name bad*", "bad-\\u001b1")]
    [InlineData("-Name \"bad-`e1\", latest", "bad-\\u001b1")]
    public void Layout_OddTags_AreWarnedOfWhereTheyAreAskedFor(string name, string? warned)
    {
        System.Text.Json.Nodes.JsonObject image = _images.Image("linux/amd64", [_images.Layer(("a", "c"))]);
        _images.Tag("bad-\e1", image);
        _images.Tag("worse-\e2", image);

        AssertWarning(_engine.Invoke($"Get-OciTag oci:images {name}"), warned);
    }

    [Theory]
    [InlineData("", "a b', 'bad-\\u001b1")]
    [InlineData("-Name 1.*, latest", null)]
    [InlineData("-Name bad*", "bad-\\u001b1")]
    [InlineData("-Name \"bad-`e1\", latest", "bad-\\u001b1")]
    public void Registry_OddTags_AreWarnedOfWhereTheyAreAskedFor(string name, string? warned)
    {
        _registry.Options.Intercept = async context =>
        {
            bool isList = context.Request.Path.Value!.EndsWith("/tags/list", StringComparison.Ordinal);
            if (isList)
            {
                var tags = new System.Text.Json.Nodes.JsonArray("1.0", "a b", "latest", "bad-\e1");
                await context.Response.WriteAsync(new System.Text.Json.Nodes.JsonObject { ["tags"] = tags }.ToJsonString());
            }

            return isList;
        };

        AssertWarning(_engine.Invoke($"Get-OciTag $repo {name}"), warned);
    }

    private static void AssertWarning(Result result, string? warned)
    {
        Assert.Empty(result.AllErrors);
        Assert.DoesNotContain(result.Output.Texts("Name"), name => name.Contains('\e', StringComparison.Ordinal));
        Assert.Equal(warned is null ? 0 : 1, result.Warnings.Count);
        Assert.All(result.Warnings, warning => Assert.Contains($": '{warned}'.", warning, StringComparison.Ordinal));
    }
}
