// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.Management.Automation;
using System.Security.Cryptography;
using OciPS.Core.Tests.Support;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Scripts that read files of an image in a registry that stalls, and are stopped.</summary>
[Collection(Alone.Name)]
[Trait("Speed", "Slow")]
public sealed class StoppedReadTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(1);

    private readonly string[] _before = Spools.Open();
    private readonly Engine _engine = new();
    private readonly ManualResetEventSlim _stalls = new();
    private readonly ManualResetEventSlim _started = new();
    private RegistryServer _registry = null!;

    public async Task InitializeAsync()
    {
        var images = new LayoutImages(_engine.GetPath("images"));
        images.Tag("1", images.Image(
            "linux/amd64", [images.Layer(("first", "1"), ("large", Convert.ToHexString(RandomNumberGenerator.GetBytes(1_500_000))))]));
        _registry = await RegistryServer.StartAsync();
        _registry.Load("team/app", images);
        _engine.Set("app", $"{_registry.Host}/team/app:1");
        _engine.Set("stalls", _stalls);
    }

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    public void Dispose()
    {
        _engine.Dispose();
        _stalls.Dispose();
        _started.Dispose();
    }

    public static TheoryData<string, string> Scripts => new()
    {
        { "ReadAllText live", "$stalls.Set(); Get-OciImageFile $app -Path large | ForEach-Object { $_.ReadAllText() }" },
        { "try and catch", "$stalls.Set(); Get-OciImageFile $app -Path large | ForEach-Object { try { $_.ReadAllText() } catch { "
            + "'caught' } }" },
        { "ReadAllBytes in Where", "$stalls.Set(); Get-OciImageFile $app -Path large | Where-Object { $_.ReadAllBytes().Length }" },
        { "ReadByte live", "$stalls.Set(); Get-OciImageFile $app -Path large | ForEach-Object { $stream = $_.OpenRead(); while "
            + "($stream.ReadByte() -ge 0) { } }" },
        { "Export live", "$stalls.Set(); Get-OciImageFile $app -Path large | Export-OciImageFile out" },
        { "filter", "$stalls.Set(); Remove-OciImageFile $app -FilterScript { $_.ReadAllText() -match 'secret' } -Destination oci:out:1" },
        { "after the cmdlet ended", "Get-OciImageFile $app -Path large | & { begin { $all = @() } process { $all += $_ } end { "
            + "$stalls.Set(); $all | ForEach-Object { $_.ReadAllText() } } }" },
        { "Export after it ended", "Get-OciImageFile $app -Path large | & { process { $file = $_ } end { $stalls.Set(); $file | "
            + "Export-OciImageFile out } }" },
        { "expression", "$file = Get-OciImageFile $app -Path large; $stalls.Set(); $file.ReadAllText()" },
        { "expression in try", "$file = Get-OciImageFile $app -Path large; $stalls.Set(); try { $file.ReadAllText() } catch { 'caught' }" },
        { "foreach", "$file = Get-OciImageFile $app -Path large; $stalls.Set(); foreach ($one in $file) { & { $null = "
            + "$one.OpenRead().CopyTo([IO.Stream]::Null) } }" },
        { "stream later", "$stream = (Get-OciImageFile $app -Path large).OpenRead(); $stalls.Set(); while ($stream.ReadByte() -ge 0) { }" },
        { "parallel", "$file = Get-OciImageFile $app -Path large; $stalls.Set(); $file | ForEach-Object -Parallel { $_.ReadAllText() }" },
    };

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Stop_WhileAReadWaits_IsSoon(string where, string script) =>
        Stops(where, script, new RegistryFault("stalls") { Pause = TimeSpan.FromSeconds(60), PauseAfter = 200_000 });

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Stop_WhileAReadWaitsForAnAnswer_IsSoon(string where, string script)
    {
        // The stream is open: there is no answer to wait for.
        if (where != "stream later")
        {
            Stops(where, script, new RegistryFault("silent") { Delay = TimeSpan.FromSeconds(60) });
        }
    }

    private void Stops(string where, string script, RegistryFault fault)
    {
        int left = 0;
        _registry.Options.Fault = (_, request) =>
        {
            if (request.Method != "GET" || !request.Path.Contains("/blobs/", StringComparison.Ordinal))
            {
                return null;
            }

            // A stream that is open already has to be slow from its beginning.
            bool isSlow = _stalls.IsSet || (where == "stream later" && Interlocked.Increment(ref left) > 1);
            if (isSlow)
            {
                _started.Set();
            }

            return isSlow ? fault : null;
        };
        using PowerShell shell = _engine.CreateShell(script);
        IAsyncResult running = shell.BeginInvoke();
        Assert.True(_started.Wait(TimeSpan.FromSeconds(30)));
        Thread.Sleep(500);
        Assert.False(running.IsCompleted, "It was done before it was stopped.");

        var watch = Stopwatch.StartNew();
        shell.Stop();

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, s_soon);
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Empty(shell.Streams.Error);
        Assert.Empty(Spools.Open().Except(_before));
        Assert.False(_engine.Layout("out").Exists && File.Exists(_engine.GetPath("out/large")));
        _registry.Options.Fault = null;
        Assert.Equal(2, _engine.Run("Get-OciImageFile $app").Count);
    }
}
