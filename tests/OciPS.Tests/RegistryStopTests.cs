// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.Management.Automation;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>What is left of transfers that are stopped: nothing, and soon. Looks at what the process has open.</summary>
[Collection(Alone.Name)]
public sealed class RegistryStopTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(1);

    // Other tests' objects may be waiting to be collected.
    private readonly string[] _before = Spools.Open();
    private readonly Engine _engine = new();
    private readonly ManualResetEventSlim _started = new();
    private RegistryServer _registry = null!;
    private RegistryServer _other = null!;

    public async Task InitializeAsync()
    {
        _registry = await RegistryServer.StartAsync();
        _other = await RegistryServer.StartAsync();
        byte[] noise = new byte[3_000_000];
        new Random(1).NextBytes(noise);
        _engine.Layout("images").Add("big", new TestImage(
            TestLayer.Gzip(new TarBuilder().File("first", "1").File("noise", noise)),
            TestLayer.Gzip(new TarBuilder().File("app/key", "k"))));
        _engine.Run("$null = Copy-OciImage oci:images:big \"$($args[0]):big\"", $"{_registry.Host}/team/app");
        _engine.Set("app", $"{_registry.Host}/team/app");
        _engine.Set("other", $"{_other.Host}/other/app");
    }

    public async Task DisposeAsync()
    {
        await _registry.DisposeAsync();
        await _other.DisposeAsync();
    }

    public void Dispose()
    {
        _engine.Dispose();
        _started.Dispose();
    }

    public static TheoryData<string, string> Stopped => new()
    {
        { "slow download", "Get-OciImageFile ${app}:big -Path nothing*" },
        { "slow download", "Copy-OciImage ${app}:big oci:out:app" },
        { "slow download", "Copy-OciImage ${app}:big ${other}:stopped" },
        { "slow download", "Remove-OciImageFile ${app}:big -Path app/key -Destination ${other}:stopped" },
        { "slow upload", "Copy-OciImage oci:images:big ${other}:stopped" },
        { "slow upload", "Remove-OciImageFile oci:images:big -Path first -Destination ${other}:stopped" },
        { "slow answer", "Get-OciManifest ${app}:big" },
        { "slow answer", "Get-OciTag $app" },
        { "slow answer", "Connect-OciRegistry $app.Split('/')[0]" },
        { "long wait", "Copy-OciImage oci:images:big ${other}:stopped" },
        { "long wait", "Get-OciImageFile ${app}:big" },
    };

    [Theory]
    [MemberData(nameof(Stopped))]
    public void Stop_DuringATransfer_LeavesNothingAndIsSoon(string fault, string script)
    {
        Break(fault);
        using PowerShell shell = _engine.CreateShell(script);
        IAsyncResult running = shell.BeginInvoke();
        WaitUntilItHangs(running);

        var watch = Stopwatch.StartNew();
        shell.Stop();

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, s_soon);
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Empty(shell.Streams.Error);
        AssertNothingIsLeft();
    }

    [Theory]
    [MemberData(nameof(Stopped))]
    public void Close_RunspaceDuringATransfer_LeavesNothingAndIsSoon(string fault, string script)
    {
        Break(fault);
        using var closed = new Engine();
        closed.Layout("images").Add("big", new TestImage(TestLayer.Gzip(new TarBuilder().File("first", new string('x', 100_000)))));
        closed.Set("app", $"{_registry.Host}/team/app");
        closed.Set("other", $"{_other.Host}/other/app");
        using PowerShell shell = closed.CreateShell(script);
        IAsyncResult running = shell.BeginInvoke();
        WaitUntilItHangs(running);

        var watch = Stopwatch.StartNew();
        closed.Close();

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, s_soon);
        AssertNothingIsLeft();
    }

    [Theory]
    [InlineData("Get-OciImageFile ${app}:big | Select-Object -First 1 | ForEach-Object FullName")]
    [InlineData("Get-OciImageFile ${app}:big | ForEach-Object { $_.FullName; break }; 'x'")]
    public void SelectFirst_FromASlowDownload_LeavesTheRestUnread(string script)
    {
        _registry.Options.Fault = (_, request) => Pauses(request, after: 200_000);
        var watch = Stopwatch.StartNew();

        Assert.Equal("first", _engine.Run("foreach ($once in 1) { " + script + " }")[0].ToString());

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        AssertNothingIsLeft();
    }

    private static RegistryFault? Pauses(RegistryRequest request, int after = 0) =>
        request.Method == "GET" && request.Path.Contains("/blobs/", StringComparison.Ordinal)
        ? new RegistryFault("slow") { Pause = TimeSpan.FromSeconds(5), PauseAfter = after }
        : null;

    private void Break(string fault) => _registry.Options.Fault = _other.Options.Fault = (_, request) =>
    {
        RegistryFault? found = fault switch
        {
            "slow download" => Pauses(request),
            "slow upload" => request.Method is "PUT" or "PATCH" ? new RegistryFault(fault) { Delay = TimeSpan.FromSeconds(30) } : null,
            "slow answer" => new RegistryFault(fault) { Delay = TimeSpan.FromSeconds(30) },
            _ => request.Path.Contains("/blobs/", StringComparison.Ordinal) && request.Method is "GET" or "PUT" or "PATCH" or "POST"
                ? RegistryFault.FromStatus(503) with { RetryAfter = "60" }
                : null,
        };
        if (found is not null)
        {
            _started.Set();
        }

        return found;
    };

    private void WaitUntilItHangs(IAsyncResult running)
    {
        Assert.True(_started.Wait(TimeSpan.FromSeconds(20)));
        Thread.Sleep(300);
        Assert.False(running.IsCompleted, "It was done before it was stopped.");
    }

    private void AssertNothingIsLeft()
    {
        Assert.Equal(0, _other.OpenUploads);
        Assert.Empty(Spools.Open().Except(_before));
        Assert.Null(_other.Content.FindManifest("other/app", "stopped"));
        Assert.False(_engine.Layout("out").Exists);
        _registry.Options.Fault = null;
        Assert.Equal(3, _engine.Run("Get-OciImageFile ${app}:big").Count);
    }
}
