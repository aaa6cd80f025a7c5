// SPDX-License-Identifier: MIT

using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>A filter that fails for one file or platform chooses nothing: no image is written that may still hold what was meant.</summary>
public sealed class FilterFailureTests : IDisposable
{
    private readonly Engine _engine = new();

    public FilterFailureTests() => _engine.Layout("images").Add("app", TestImage.App());

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("Remove-OciImageFile oci:images:app -FilterScript { [int]::Parse($_.Name) -gt 0 } -Destination oci:out:app")]
    [InlineData("Remove-OciImageFile oci:images:app -FilterScript { $_.NoSuchMethod() } -Destination oci:out:app")]
    [InlineData("Remove-OciImageFile oci:images:app -FilterScript { Get-Item /no/such/file; $false } -Destination oci:out:app")]
    [InlineData("Remove-OciImageFile oci:images:app -FilterScript { No-SuchCommand } -Destination oci:out:app")]
    [InlineData("Copy-OciImage oci:images:index oci:out:app -PlatformFilter { 1 / ($_.Architecture.Length - 5) }")]
    public void Filter_FailsForOne_IsAnErrorAndNothingIsWritten(string script)
    {
        _engine.Run("$null = Copy-OciImage oci:images:app oci:images:index -Mode NormaliseToMultiArch");

        Result result = _engine.Invoke(script);

        Assert.Equal("FilterFailed", result.Error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Empty(result.Output);
        Assert.False(_engine.Layout("out").Exists);
    }

    [Theory]
    [InlineData("{ try { [int]::Parse($_.Name) -gt 0 } catch { $_.TargetObject } }")]
    [InlineData("{ Get-Item /no/such/file -ErrorAction Ignore; $false }")]
    public void Filter_HandlesItsErrors_Chooses(string filter) =>
        Assert.Single(_engine.Run($"Remove-OciImageFile oci:images:app -FilterScript {filter} -Destination oci:out:app"));
}
