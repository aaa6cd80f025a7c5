// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Errors name the cmdlet or the parameter that helps, in the text that is shown and in that of the exception.</summary>
public sealed class ErrorHintTests : IAsyncLifetime, IDisposable
{
    private readonly Engine _engine = new();
    private RegistryServer _registry = null!;

    public async Task InitializeAsync()
    {
        _registry = await RegistryServer.StartAsync();
        _registry.Options.Basic = ("user", "secret");
        _engine.Layout("images").Add("app", TestImage.App());
        _engine.Set("registry", _registry.Host);
        _engine.Set("wrong", new PSCredential("user", new System.Net.NetworkCredential("", "wrong").SecurePassword));
        _engine.Run("$null = Merge-OciManifestList oci:images:app -Destination oci:images:index");
        _engine.Run("$null = Get-OciImageFile oci:images:app -Path bin/tool | Export-OciImageFile dest");
    }

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("Get-OciTag $registry/team/app", "Unauthorized", "If that is intended: Connect-OciRegistry {0} -PlainHttp")]
    [InlineData(
        "Connect-OciRegistry $registry -PlainHttp",
        "Unauthorized",
        "none was found. Give one with Connect-OciRegistry, or log in with 'docker login' or 'skopeo login'.")]
    [InlineData(
        "Connect-OciRegistry $registry -PlainHttp -Credential $wrong",
        "Unauthorized",
        "The credential of 'user' from Connect-OciRegistry was sent, and is not taken. Give the right credential with Connect-OciRegistry, "
            + "or correct that one.")]
    [InlineData("Connect-OciRegistry http://registry.example.com", "InvalidRegistry", "For plain HTTP, give the host and -PlainHttp.")]
    [InlineData("Copy-OciImage oci:images:app oci:images:index -NoClobber", "TagExists", "or leave -NoClobber out.")]
    [InlineData("Copy-OciImage oci:images:app oci:out:1 -NoTag", "ConflictingParameters", "Leave the tag or -NoTag out.")]
    [InlineData(
        "Get-OciImageFile oci:images:app -Path bin/tool | Export-OciImageFile dest",
        "FileExists",
        "is there already. Use -Force to replace it.")]
    [InlineData("Merge-OciManifestList oci:images:app, oci:images:app2 -Destination oci:out:1", "SamePlatform", "-Force lists both.")]
    public void Error_OfTheCore_HasItsHint(string script, string errorId, string expected)
    {
        _engine.Run("$null = Copy-OciImage oci:images:app oci:images:app2 -Annotation @{ a = 1 }");

        ErrorRecord error = _engine.Invoke(script).Error;

        error.ShouldBe(errorId);
        Assert.EndsWith(expected.Replace("{0}", _registry.Host, StringComparison.Ordinal), error.ToString(), StringComparison.Ordinal);
        Assert.Equal(error.Exception.Message, error.ToString());
    }
}
