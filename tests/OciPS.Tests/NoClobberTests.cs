// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>What is at the destination already: told, or left alone.</summary>
public sealed class NoClobberTests : IAsyncLifetime, IDisposable
{
    private readonly Engine _engine = new();
    private RegistryServer _registry = null!;

    public static TheoryData<string> Writers =>
    [
        "Copy-OciImage oci:images:app {0}",
        "Remove-OciImageFile oci:images:app -Path *.key -Destination {0}",
        "Repair-OciImage oci:images:app {0}",
        "Publish-OciKanikoImage app.tar {0}",
        "Merge-OciManifestList oci:images:app {0}",
    ];

    public async Task InitializeAsync()
    {
        _registry = await RegistryServer.StartAsync();
        _engine.Layout("images").Add("app", TestImage.App());
        Tarball.Kaniko(TestImage.App()).Save(_engine.GetPath("app.tar"));
        _engine.Run("$null = Copy-OciImage oci:images:app $args[0] -Annotation @{ who = 'before' }", _registry.Host + "/team/app:1");
        _engine.Run("$null = Copy-OciImage oci:images:app oci:other:1 -Annotation @{ who = 'before' }");
    }

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    public void Dispose() => _engine.Dispose();

    [Theory]
    [MemberData(nameof(Writers))]
    public void Write_TagIsThere_IsRefusedWithNoClobberAndSendsNothing(string writer)
    {
        foreach (string destination in new[] { _registry.Host + "/team/app:1", "oci:other:1" })
        {
            string before = _engine.Run("(Get-OciManifest $args[0]).Digest", destination).Single().ToString();
            int requests = _registry.Requests.Count(request => request.Method is "PUT" or "PATCH" or "POST");

            Result result = _engine.Invoke(Format(writer, destination) + " -NoClobber");

            ErrorRecord error = result.Error;
            error.ShouldBe("TagExists");
            Assert.Equal(ErrorCategory.ResourceExists, error.CategoryInfo.Category);
            Assert.Contains(before, error.ToString(), StringComparison.Ordinal);
            Assert.Equal(before, _engine.Run("(Get-OciManifest $args[0]).Digest", destination).Single().ToString());
            Assert.Equal(requests, _registry.Requests.Count(request => request.Method is "PUT" or "PATCH" or "POST"));
        }
    }

    [Theory]
    [MemberData(nameof(Writers))]
    public void Write_TagIsFree_IsWrittenWithNoClobber(string writer)
    {
        foreach (string destination in new[] { _registry.Host
            + "/team/app:new", _registry.Host + "/new/app:1", "oci:other:new", "oci:fresh:1" })
        {
            Assert.Single(_engine.Run(Format(writer, destination) + " -NoClobber"));
        }
    }

    [Theory]
    [InlineData("oci-archive:there.tar")]
    [InlineData("docker-archive:there.tar")]
    [InlineData("dir:there")]
    public void Copy_FileOrFolderIsThere_IsRefusedWithNoClobber(string destination)
    {
        _engine.Run("$null = Copy-OciImage oci:images:app $args[0] -NoClobber", destination);

        _engine.Invoke("Copy-OciImage oci:images:app $args[0] -NoClobber", destination).Error.ShouldBe("TagExists");

        Assert.Single(_engine.Run("Copy-OciImage oci:images:app $args[0]", destination));
    }

    [Fact]
    public void Publish_OneOfSeveralTagsIsThere_WritesNone()
    {
        _engine.Invoke(
            "Publish-OciKanikoImage app.tar $args[0] -AdditionalTag a, 1 -NoClobber",
            _registry.Host + "/team/app:fresh").Error.ShouldBe("TagExists");

        Assert.Null(_registry.Content.FindManifest("team/app", "fresh"));
        Assert.Null(_registry.Content.FindManifest("team/app", "a"));
    }

    [Theory]
    [MemberData(nameof(Writers))]
    public void Write_TagIsThere_TellsTheOldDigest(string writer)
    {
        string destination = _registry.Host + "/team/app:1";
        string before = _engine.Run("(Get-OciManifest $args[0]).Digest", destination).Single().ToString();

        Result result = _engine.Invoke(Format(writer, destination) + " -Verbose");

        Assert.Empty(result.AllErrors);
        Assert.Contains(
            result.Verbose,
            line => line.Contains(before, StringComparison.Ordinal) && line.Contains(destination, StringComparison.Ordinal));
    }

    private static string Format(string writer, string destination) => writer.Replace("{0}", destination, StringComparison.Ordinal);
}
