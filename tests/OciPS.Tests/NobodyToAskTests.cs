// SPDX-License-Identifier: MIT

using System.Management.Automation;
using System.Management.Automation.Runspaces;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>An image that would be replaced in its own place, where nobody can be asked whether that is meant.</summary>
public sealed class NobodyToAskTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string _app;

    public NobodyToAskTests()
    {
        _engine.Layout("images").Add("app", TestImage.App());
        _app = $"oci:{_engine.GetPath("images")}:app";
    }

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("Remove-OciImageFile $app -Path *.key")]
    [InlineData("Remove-OciImageFile $app -Path *.key -Destination $app")]
    [InlineData("Remove-OciImageFile $app -Path *.none")]
    [InlineData("Get-OciImageFile $app -Path *.key | Remove-OciImageFile")]
    [InlineData("Remove-OciImageFile $app -Path *.key -WhatIf:$false")]
    public void NoHost_WithoutForce_IsErrorThatNamesForce(string script)
    {
        string[] before = _engine.Layout("images").Snapshot();

        (IReadOnlyList<PSObject> output, IReadOnlyList<ErrorRecord> errors) = RunWithoutHost(script);

        ErrorRecord error = Assert.Single(errors);
        error.ShouldBe("ForceRequired");
        Assert.Contains("-Force", error.ToString(), StringComparison.Ordinal);
        Assert.Contains(_app, error.ToString(), StringComparison.Ordinal);
        Assert.Empty(output);
        Assert.Equal(before, _engine.Layout("images").Snapshot());
    }

    [Fact]
    public void NoHost_WithoutForce_IsSaidBeforeAnythingIsRead()
    {
        string layer = _engine.Layout("images").LayerDigests("app")[1];
        File.WriteAllText(_engine.Layout("images").BlobPath(layer), "damaged");

        Assert.Single(RunWithoutHost("Remove-OciImageFile $app -Path *.key").Errors).ShouldBe("ForceRequired");
        Assert.NotEqual(
            "ForceRequired",
            Assert.Single(RunWithoutHost("Remove-OciImageFile $app -Path *.key -Force").Errors).FullyQualifiedErrorId.Split(',')[0]);
    }

    [Theory]
    [InlineData("Remove-OciImageFile $app -Path *.key -Force", 1)]
    [InlineData("Remove-OciImageFile $app -Path *.key -Destination ${app}2", 1)]
    [InlineData("Remove-OciImageFile $app -Path *.key -WhatIf", 0)]
    [InlineData("$WhatIfPreference = $true; Remove-OciImageFile $app -Path *.key", 0)]
    public void NoHost_NoQuestionNeeded_GoesOn(string script, int count)
    {
        (IReadOnlyList<PSObject> output, IReadOnlyList<ErrorRecord> errors) = RunWithoutHost(script);

        Assert.Empty(errors);
        Assert.Equal(count, output.Count);
    }

    /// <summary>As pwsh -NonInteractive does, which Pester tests as it is.</summary>
    [Theory]
    [InlineData("ConsoleHost", 0)]
    [InlineData("Another", 1)]
    public void Host_ThatRefusesToAsk_IsErrorOfOurs(string name, int readings)
    {
        var host = new TestHost
        {
            GivenName = name,
            Refusal = new PSInvalidOperationException(
            "Read and Prompt functionality is not available.")
        };

        (IReadOnlyList<PSObject> output, IReadOnlyList<ErrorRecord> errors) = Run(
            "Remove-OciImageFile $app -FilterScript { $script:asked++; $_.Name -like '*.key' }; [Math]::Sign([int]$script:asked)", host);

        Assert.Single(errors).ShouldBe("ForceRequired");
        Assert.Equal(readings, Assert.Single(output).BaseObject);
    }

    private (IReadOnlyList<PSObject> Output, IReadOnlyList<ErrorRecord> Errors) RunWithoutHost(string script) => Run(script, null);

    private (IReadOnlyList<PSObject> Output, IReadOnlyList<ErrorRecord> Errors) Run(string script, TestHost? host)
    {
        var state = Engine.CreateSessionState(withModule: true);
        using Runspace runspace = host is null ? RunspaceFactory.CreateRunspace(state) : RunspaceFactory.CreateRunspace(host, state);
        runspace.Open();
        runspace.SessionStateProxy.SetVariable("app", _app);
        using var shell = PowerShell.Create(runspace);
        IReadOnlyList<PSObject> output = shell.AddScript(script).Invoke();
        return (output, [.. shell.Streams.Error]);
    }
}
