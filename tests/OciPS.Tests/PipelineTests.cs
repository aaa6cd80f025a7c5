// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.Management.Automation;
using System.Text;
using System.Text.Json.Nodes;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>What happens when a pipeline ends before its commands do. Looks at what the process has open.</summary>
[Collection(Alone.Name)]
public sealed class PipelineTests : IDisposable
{
    // Other tests' objects may be waiting to be collected.
    private readonly string[] _before = Spools.Open();
    private readonly Engine _engine = new();
    private readonly ManualResetEventSlim _started = new();

    public PipelineTests()
    {
        Images.Add("app", TestImage.App());
        File.WriteAllBytes(_engine.GetPath("app.tar.gz"), TarBuilder.Gzip(Tarball.Kaniko(TestImage.App()).ToBytes()));
        _engine.Set("spools", () => Spools.Open().Except(_before).Count());
        _engine.Set("started", _started);
    }

    public void Dispose()
    {
        _engine.Dispose();
        _started.Dispose();
    }

    private Layout Images => _engine.Layout("images");

    // A layer whose end is missing: who reads it to its end notices.
    private void AddTruncated()
    {
        byte[] noise = new byte[4_000_000];
        new Random(1).NextBytes(noise);
        TestLayer layer = TestLayer.Gzip(new TarBuilder().File("first", "here").File("second", "too").File("big", noise));
        Images.Add("cut", new TestImage(layer));
        File.WriteAllBytes(Images.BlobPath(layer.Digest), layer.Blob[..2_000_000]);
    }

    // Gigabytes of zeros: they take a while to read.
    private void AddSlow()
    {
        const int Megabytes = 6 * 1024;
        byte[] header = new TarBuilder().File("zeros", string.Empty).ToBytes()[..512];
        Encoding.ASCII.GetBytes(Convert.ToString(Megabytes * 1024L * 1024, 8).PadLeft(11, '0')).CopyTo(header, 124);
        Encoding.ASCII.GetBytes("        ").CopyTo(header, 148);
        Encoding.ASCII.GetBytes(Convert.ToString(header.Sum(value => value), 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
        byte[] zeros = TarBuilder.Gzip(new byte[1024 * 1024]);
        byte[] blob = [
            .. TarBuilder.Gzip(header),
            .. Enumerable.Repeat(zeros, Megabytes).SelectMany(member => member),
            .. TarBuilder.Gzip(new byte[1024])];
        var image = new TestImage(new TestLayer(blob, TestLayer.GetDigest(blob), TestLayer.GzipType));
        Images.Add("slow", image);
        Tarball.Kaniko(image).Save(_engine.GetPath("slow.tar"));
    }

    // A layer whose end nobody waits for, so that its digest does not matter.
    private void AddEndless()
    {
        const long Size = 32L * 1024 * 1024 * 1024;
        string digest = "sha256:" + new string('0', 64);
        Images.Add("endless", TestImage.App(), manifest => manifest["layers"] = new JsonArray(
            new JsonObject { ["mediaType"] = TestLayer.TarType, ["digest"] = digest, ["size"] = Size }));
        using FileStream blob = File.Create(Images.BlobPath(digest));
        blob.SetLength(Size);
    }

    private void AssertNextCommandWorks()
    {
        Assert.Empty(Spools.Open().Except(_before));
        Assert.Equal(9, _engine.Run("Get-OciImageFile docker-archive:app.tar.gz").Count);
        Assert.Empty(Spools.Open().Except(_before));
    }

    [Fact]
    public void Objects_LayerDamagedAtItsEnd_ComeOutBeforeTheError()
    {
        AddTruncated();

        Result result = _engine.Invoke("Get-OciImageFile oci:images:cut | ForEach-Object { \"$($_.Name) $($Error.Count)\" }");

        Assert.Equal(["first 0", "second 0", "big 0"], result.Output.Select(item => item.ToString()));
        Assert.Contains(result.Error.FullyQualifiedErrorId.Split(',')[0], new[] { "SizeMismatch", "DigestMismatch", "InvalidCompression" });
    }

    [Theory]
    [InlineData("Get-OciImageFile oci:images:cut | Select-Object -First 1 | ForEach-Object Name")]
    [InlineData("foreach ($once in 1) { Get-OciImageFile oci:images:cut | ForEach-Object { $_.Name; break } }")]
    [InlineData(
        "try { Get-OciImageFile oci:images:cut | Where-Object { $_.Name -eq 'first' } | ForEach-Object { throw $_.Name } } catch { "
            + "\"$_\" }")]
    [InlineData("$live = Get-OciImageFile oci:images:cut | Select-Object -First 1; if ($live.ReadAllText() -eq 'here') { $live.Name }")]
    public void Objects_PipelineEndsAtTheFirst_RestOfTheLayerIsNotRead(string script)
    {
        AddTruncated();

        Assert.Equal(["first"], _engine.Run(script).Select(item => item.ToString()));

        AssertNextCommandWorks();
    }

    [Theory]
    [InlineData(
        "Get-OciImageFile docker-archive:app.tar.gz | Where-Object { $true } | ForEach-Object { $spools.Invoke(); throw 'enough' }")]
    [InlineData("Export-OciImageLayer docker-archive:app.tar.gz -AsByteStream | ForEach-Object { $spools.Invoke(); throw 'enough' }")]
    [InlineData(
        "Get-OciImageFile docker-archive:app.tar.gz | ForEach-Object { $spools.Invoke() } | Select-Object -First 1; throw 'enough'")]
    [InlineData(
        "foreach ($once in 1) { Get-OciImageFile docker-archive:app.tar.gz | ForEach-Object { $spools.Invoke(); break } }; throw 'enough'")]
    [InlineData(
        "Remove-OciImageFile docker-archive:app.tar.gz -FilterScript { $spools.Invoke() | Out-Host; throw 'enough' } -Destination "
            + "oci:out:app")]
    [InlineData(
        "Remove-OciImageFile docker-archive:app.tar.gz -Path *.key -Destination oci:out:app | ForEach-Object { $spools.Invoke(); throw "
            + "'enough' }")]
    public void Spools_DownstreamFails_AreGone(string script)
    {
        Result result = _engine.Invoke(script);

        Assert.Equal("enough", result.Terminating?.Exception.Message);
        string seen = result.Output.Select(item => item.ToString()).FirstOrDefault() ?? _engine.Host.Lines[0];
        Assert.NotEqual("0", seen);
        AssertNextCommandWorks();
    }

    [Theory]
    [InlineData("Get-OciImageFile docker-archive:app.tar.gz | ForEach-Object { $started.Set(); while ($true) { } }")]
    [InlineData("Export-OciImageLayer docker-archive:app.tar.gz -AsByteStream | ForEach-Object { $started.Set(); while ($true) { } }")]
    [InlineData(
        "Get-OciImageFile docker-archive:app.tar.gz | Where-Object { $started.Set(); while ($true) { } } | Remove-OciImageFile "
            + "-Destination oci:out:app")]
    [InlineData(
        "Remove-OciImageFile docker-archive:app.tar.gz -FilterScript { $started.Set(); while ($true) { } } -Destination oci:out:app")]
    [InlineData(
        "Remove-OciImageFile docker-archive:app.tar.gz -Path *.key -Destination oci:out:app | ForEach-Object { $started.Set(); while "
            + "($true) { } }")]
    public void Stop_WhileAScriptRuns_EndsTheWork(string script)
    {
        StopAfterStart(script, TimeSpan.Zero);

        AssertNextCommandWorks();
    }

    [Theory]
    [InlineData("$started.Set(); Get-OciImageFile oci:images:slow -Path nothing*")]
    [InlineData("$started.Set(); Remove-OciImageFile oci:images:slow -Path zeros -Destination oci:out:app")]
    [InlineData("$started.Set(); Remove-OciImageFile oci:images:slow -Path zeros -Destination oci:images:app")]
    [InlineData("$started.Set(); Publish-OciKanikoImage slow.tar oci:out:app -AdditionalTag more")]
    [InlineData("$started.Set(); Publish-OciKanikoImage slow.tar oci:images:app")]
    [InlineData("$started.Set(); (Get-OciImageFile oci:images:slow | Export-OciImageFile dest)")]
    public void Stop_WhileALayerIsRead_EndsTheWorkAndLeavesTheTag(string script)
    {
        AddSlow();
        string index = Images.Index;

        StopAfterStart(script, TimeSpan.FromMilliseconds(150));

        Assert.Equal(index, Images.Index);
        Assert.False(_engine.Layout("out").Exists);
        Assert.True(!Directory.Exists(_engine.GetPath("dest")) || Directory.GetFiles(_engine.GetPath("dest")).Length == 0);
        AssertNextCommandWorks();
    }

    [Fact]
    public void Stop_WhileALayerIsExported_LeavesNoFile()
    {
        AddEndless();
        Directory.CreateDirectory(_engine.GetPath("dest"));

        StopAfterStart("$started.Set(); Export-OciImageLayer oci:images:endless dest", TimeSpan.FromMilliseconds(150));

        Assert.Empty(Directory.GetFileSystemEntries(_engine.GetPath("dest")));
        AssertNextCommandWorks();
    }

    private void StopAfterStart(string script, TimeSpan delay)
    {
        using PowerShell shell = _engine.CreateShell(script);
        using var output = new PSDataCollection<PSObject>();
        IAsyncResult running = shell.BeginInvoke<PSObject, PSObject>(null, output);
        Assert.True(_started.Wait(TimeSpan.FromSeconds(20)));
        Thread.Sleep(delay);
        Assert.False(running.IsCompleted, "It was done before it was stopped.");

        var watch = Stopwatch.StartNew();
        shell.Stop();

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Throws<PipelineStoppedException>(() => shell.EndInvoke(running));
        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        Assert.Empty(shell.Streams.Error);
    }

    [Fact]
    public void Spools_TemporaryFolderMissing_IsErrorAndTagsStay()
    {
        string variable = OperatingSystem.IsWindows() ? "TEMP" : "TMPDIR";
        string? before = Environment.GetEnvironmentVariable(variable);
        string index = Images.Index;
        try
        {
            Environment.SetEnvironmentVariable(variable, _engine.GetPath("no-such-folder"));
            _engine.Invoke("Publish-OciKanikoImage app.tar.gz oci:images:app").Error.ShouldBe(
                "StorageWriteError", ErrorCategory.WriteError, "oci:images:app");
            _engine.Invoke("Get-OciImageFile docker-archive:app.tar.gz").Error.ShouldBe(
                "StorageWriteError", ErrorCategory.WriteError, "docker-archive:app.tar.gz");
            _engine.Invoke("Remove-OciImageFile oci:images:app -LiteralPath app/Upper.KEY -Force").Error.ShouldBe(
                "StorageWriteError", ErrorCategory.WriteError, "oci:images:app");
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, before);
        }

        Assert.Equal(index, Images.Index);
    }
}
