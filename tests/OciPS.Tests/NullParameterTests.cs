// SPDX-License-Identifier: MIT

using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>What a function that passes its own optional parameters on gives where it got none.</summary>
public sealed class NullParameterTests : IDisposable
{
    private readonly Engine _engine = new();

    public NullParameterTests() => _engine.Layout("images").Add("app", new TestImage(TestLayer.Gzip(new TarBuilder().File("a", "b"))));

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("Get-OciTag oci:images -Name $null")]
    [InlineData("Get-OciPlatform oci:images:app -Platform $null")]
    [InlineData("Get-OciManifest oci:images:app -Platform $null")]
    [InlineData("Get-OciImageConfig oci:images:app -Platform $null")]
    [InlineData("Get-OciImageFile oci:images:app -Platform $null")]
    [InlineData("Get-OciImageFile oci:images:app -Path $null")]
    [InlineData("Get-OciImageFile oci:images:app -Type $null")]
    [InlineData("Export-OciImageLayer oci:images:app -DestinationPath layers.tar -Platform $null")]
    [InlineData("Repair-OciImage oci:images:app -Destination $null")]
    [InlineData("Copy-OciImage oci:images:app oci:out:x -Platform $null -PlatformFilter $null -Annotation $null")]
    [InlineData(
        "Remove-OciImageFile oci:images:app -Path a -Destination oci:out:x -Platform $null -PlatformFilter $null -Annotation $null")]
    [InlineData("Publish-OciKanikoImage app.tar oci:out:x -AdditionalTag $null")]
    public void Parameter_Null_IsAsIfItWereNotGiven(string script)
    {
        Tarball.Kaniko(TestImage.App()).Save(_engine.GetPath("app.tar"));

        Assert.Single(_engine.Run(script));
    }
}
