// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.Management.Automation;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>The bars that people see while they wait.</summary>
[Trait("Speed", "Slow")]
public sealed class ProgressTests : IAsyncLifetime, IDisposable
{
    private readonly Engine _engine = new();
    private RegistryServer _registry = null!;

    public async Task InitializeAsync()
    {
        _registry = await RegistryServer.StartAsync();
        TestLayer[] layers = Enumerable.Range(0, 4).Select(number =>
        {
            byte[] noise = new byte[60_000];
            new Random(number).NextBytes(noise);
            return TestLayer.Gzip(new TarBuilder().File($"noise{number}", noise));
        }).ToArray();
        _engine.Layout("images").Add("big", new TestImage(layers));
        _engine.Run("$null = Copy-OciImage oci:images:big $args[0]", _registry.Host + "/team/app:1");
        _engine.Set("app", _registry.Host + "/team/app:1");
        _registry.Options.Fault = (_, request) => request.Method == "GET" && request.Path.Contains("/blobs/", StringComparison.Ordinal)
            ? new RegistryFault("slow") { Pause = TimeSpan.FromMilliseconds(20) }
            : null;
    }

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("Copy-OciImage $app oci:out:1", 4)]
    [InlineData("Get-OciImageFile $app", 1)]
    [InlineData("Remove-OciImageFile $app -Path noise1 -Destination oci:out:1", 1)]
    public void Transfer_ThatTakesAWhile_ShowsOneBarAndOneForEachTransfer(string script, int parallel)
    {
        (List<ProgressRecord> records, List<long> times) = Watch(script);

        ProgressRecord[] all = records.Where(record => record.ParentActivityId < 0).ToArray();
        ProgressRecord[] transfers = records.Where(
            record => record.ParentActivityId >= 0 && record.RecordType == ProgressRecordType.Processing).ToArray();
        int id = Assert.Single(all.Select(record => record.ActivityId).Distinct());
        Assert.StartsWith(script.Split(' ')[0], all[0].Activity, StringComparison.Ordinal);
        Assert.NotEmpty(transfers);
        Assert.All(transfers, record => Assert.Equal(id, record.ParentActivityId));
        Assert.InRange(transfers.Select(record => record.ActivityId).Distinct().Count(), parallel > 1 ? 2 : 1, 6);
        Assert.All(
            transfers,
            record => Assert.Matches(@"^\d+(\.\d)? [kM]?B of \d+(\.\d)? [kM]?B, \d+(\.\d)? [kM]?B/s$", record.StatusDescription));
        Assert.Contains(transfers, record => record is { PercentComplete: > 0 and < 100, SecondsRemaining: >= 0 });
        // Each bar is taken away at the end.
        Assert.All(records.GroupBy(record => record.ActivityId), bar => Assert.Equal(ProgressRecordType.Completed, bar.Last().RecordType));
        // At most five times a second.
        long[] draws = times.Where((_, i) => records[i].ParentActivityId < 0 && records[i].RecordType == ProgressRecordType.Processing)
            .ToArray();
        Assert.True(draws.Length >= 2);
        Assert.InRange(draws.Length, 2, 1 + (5 * (draws[^1] - draws[0] + 250) / 1000));
    }

    [Fact]
    public void Transfer_LayerAfterLayer_IsMeasuredByAllOfThem()
    {
        (List<ProgressRecord> records, _) = Watch("Get-OciImageFile $app");

        string[] totals = records.Where(record => record.ParentActivityId < 0 && record.RecordType == ProgressRecordType.Processing)
            .Select(record => record.StatusDescription.Split(" of ")[1].Split(',')[0]).Distinct().ToArray();
        long all = _engine.Run("(Get-OciManifest $app).Layers.Size").Sum(size => (long)size.BaseObject);
        Assert.Equal([_engine.Run("[OciPS.Views.TextCells]::Size([pscustomobject]@{ Size = $args[0] })", all).Single().ToString()], totals);
    }

    [Fact]
    public void Transfer_PreferenceIsSilent_ShowsNone()
    {
        (List<ProgressRecord> records, _) = Watch("$ProgressPreference = 'SilentlyContinue'; Get-OciImageFile $app");

        Assert.Empty(records);
    }

    [Fact]
    public void Transfer_ShortOne_ShowsNone()
    {
        _registry.Options.Fault = null;

        (List<ProgressRecord> records, _) = Watch("Get-OciManifest $app");

        Assert.Empty(records);
    }

    private (List<ProgressRecord> Records, List<long> Times) Watch(string script)
    {
        using PowerShell shell = _engine.CreateShell(script);
        var records = new List<ProgressRecord>();
        var times = new List<long>();
        var watch = Stopwatch.StartNew();
        shell.Streams.Progress.DataAdding += (_, data) =>
        {
            records.Add((ProgressRecord)data.ItemAdded);
            times.Add(watch.ElapsedMilliseconds);
        };
        shell.Invoke();
        Assert.Empty(shell.Streams.Error);
        return (records, times);
    }
}
