// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Core.Tests.Support;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Many images of one pipeline in one OCI archive: it is rewritten once, and nothing is said before.</summary>
public sealed class ArchiveBatchTests : IDisposable
{
    private readonly Engine _engine = new();
    private readonly string[] _digests;

    public ArchiveBatchTests()
    {
        var images = new LayoutImages(_engine.GetPath("images"));
        _digests = Enumerable.Range(0, 4)
            .Select(i => images.Tag($"{i}", images.Image("linux/amd64", [images.Layer(("a", $"{i}"), ("b", "secret"))])))
            .ToArray();
    }

    public void Dispose() => _engine.Dispose();

    private string[] GetTags(string archive)
    {
        string folder = _engine.GetPath(Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        Tool.Run("tar", "--extract", "--file", _engine.GetPath(archive), "--directory", folder);
        return [.. new Layout(folder).Tags.Order()];
    }

    [PeerTheory("tar")]
    [InlineData("Get-OciTag oci:images | Copy-OciImage -Destination { \"oci-archive:out.tar:$($_.Name)\" }")]
    [InlineData("Get-OciTag oci:images | Remove-OciImageFile -LiteralPath b -Destination { \"oci-archive:out.tar:$($_.Name)\" }")]
    [InlineData("Get-OciTag oci:images | Repair-OciImage -Destination { \"oci-archive:out.tar:$($_.Name)\" }")]
    [InlineData(
        "0..3 | ForEach-Object { $null = Copy-OciImage oci:images:$_ docker-archive:$_.tar; \"$_\" } | ForEach-Object { [pscustomobject] "
            + "@{ Path = \"$_.tar\"; Reference = \"oci-archive:out.tar:$_\" } } | Publish-OciKanikoImage")]
    public void Write_ManyTags_AreAllThereWhenTheFirstIsSaid(string command)
    {
        _engine.Run("$null = Copy-OciImage oci:images:0 oci-archive:out.tar:before");

        PSObject[] seen = [.. _engine.Run($"{command} | ForEach-Object {{ \"$((Get-OciTag oci-archive:out.tar).Name -join ' ')\" }}")];

        Assert.Equal(Enumerable.Repeat("before 0 1 2 3", 4), seen.Select(tags => tags.ToString()));
        Assert.Equal(["0", "1", "2", "3", "before"], GetTags("out.tar"));
        Assert.Empty(Directory.GetFiles(_engine.Folder, ".ocips*"));
    }

    [PeerFact("skopeo")]
    public void Write_ManyTags_EachIsReadBySkopeo()
    {
        _engine.Run("$null = Get-OciTag oci:images | Copy-OciImage -Destination { \"oci-archive:out.tar:$($_.Name)\" }");

        for (int i = 0; i < _digests.Length; i++)
        {
            Assert.Equal(
                _digests[i],
                LayoutImages.GetDigest(Tool.Run("skopeo", "inspect", "--raw", $"oci-archive:{_engine.GetPath("out.tar")}:{i}")));
            Tool.Run("skopeo", "copy", $"oci-archive:{_engine.GetPath("out.tar")}:{i}", $"dir:{_engine.GetPath($"copy{i}")}");
        }
    }

    [PeerFact("tar")]
    public void Remove_InPlaceFromAllTags_ChangesEach()
    {
        _engine.Run("$null = Get-OciTag oci:images | Copy-OciImage -Destination { \"oci-archive:out.tar:$($_.Name)\" }");

        PSObject[] images = [.. _engine.Run("Get-OciTag oci-archive:out.tar | Remove-OciImageFile -LiteralPath b -Force")];

        Assert.Equal(4, images.Length);
        Assert.Equal(["0", "1", "2", "3"], GetTags("out.tar"));
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal("a", Assert.Single(_engine.Run($"Get-OciImageFile oci-archive:out.tar:{i}")).Text("FullName"));
        }
    }

    [Theory]
    [InlineData("oci-archive:out.tar:same")]
    [InlineData("oci-archive:out.tar")]
    public void Write_OneTagAgainAndAgain_IsThereEachTimeItIsSaid(string destination)
    {
        PSObject[] digests =
            [
                .. _engine.Run(
                    $"Get-OciTag oci:images | Copy-OciImage -Destination {destination} | ForEach-Object {{ if ($_.Digest -eq "
                        + $"(Get-OciManifest $_.Reference).Digest) {{ \"$($_.Digest)\" }} }}")];

        Assert.Equal(_digests, digests.Select(digest => digest.ToString()));
    }

    [Fact]
    public void Copy_OfWhatTheSamePipelineWrote_FindsIt()
    {
        Result result = _engine.Invoke("""
            [pscustomobject] @{ Reference = 'oci:images:1'; Destination = 'oci-archive:out.tar:a' },
            [pscustomobject] @{ Reference = 'oci-archive:out.tar:a'; Destination = 'oci-archive:out.tar:b' } | Copy-OciImage
            """);

        Assert.Empty(result.AllErrors.Select(error => error.ToString()));
        Assert.Equal([_digests[1], _digests[1]], result.Output.Texts("Digest"));
    }

    [Fact]
    public void Copy_WithNoClobber_SeesWhatTheSamePipelineWrote()
    {
        Result result = _engine.Invoke("'oci:images:0', 'oci:images:1' | Copy-OciImage -Destination oci-archive:out.tar:a -NoClobber");

        result.Error.ShouldBe("TagExists");
        Assert.Equal([_digests[0]], result.Output.Texts("Digest"));
    }

    [Fact]
    public void Write_OneOfThemIsBad_TheOthersAreThere()
    {
        Result result = _engine.Invoke(
            "'oci:images:0', 'oci:images:gone', 'oci:images:2' | Copy-OciImage -Destination { "
                + "\"oci-archive:out.tar:$($_.Split(':')[-1])\" }");

        result.Error.ShouldBe("ManifestNotFound");
        Assert.Equal([_digests[0], _digests[2]], result.Output.Texts("Digest"));
        Assert.Equal(["0", "2"], _engine.Run("(Get-OciTag oci-archive:out.tar).Name").Select(name => name.ToString()));
    }

    [Fact]
    public void Write_RewriteThatFails_IsAnErrorForEach()
    {
        Result result = _engine.Invoke("""
            0..2 | ForEach-Object {
                if ($_ -eq 2) { [IO.File]::WriteAllText("$PWD/out.tar", 'theirs') }
                [pscustomobject] @{ Reference = "oci:images:$_"; Destination = "oci-archive:out.tar:$_" }
            } | Copy-OciImage
            """);

        Assert.Empty(result.Output);
        Assert.Equal(
            ["oci:images:0", "oci:images:1", "oci:images:2"], result.Errors.Select(error => error.TargetObject?.ToString()).Order());
        Assert.All(result.Errors, error => error.ShouldBe("InvalidDestination"));
        Assert.Equal("theirs", File.ReadAllText(_engine.GetPath("out.tar")));
        Assert.Empty(Directory.GetFiles(_engine.Folder, ".ocips*"));
    }

    [Theory]
    [InlineData("throw 'stopped'", "")]
    [InlineData("\"oci:images:gone\"", "-ErrorAction Stop")]
    public void Write_PipelineThatEndsBefore_LeavesTheArchiveAsItWas(string third, string more)
    {
        _engine.Run("$null = Copy-OciImage oci:images:0 oci-archive:out.tar:before");
        byte[] before = File.ReadAllBytes(_engine.GetPath("out.tar"));

        Result result = _engine.Invoke(
            $"0..2 | ForEach-Object {{ if ($_ -eq 2) {{ {third} }} else {{ \"oci:images:$_\" }} }} | Copy-OciImage -Destination {{ "
                + $"\"oci-archive:out.tar:$($_.Split(':')[-1])\" }} {more}");

        Assert.Empty(result.Output);
        Assert.NotNull(result.Terminating);
        Assert.Equal(before, File.ReadAllBytes(_engine.GetPath("out.tar")));
        Assert.Equal(["images", "out.tar"], Directory.GetFileSystemEntries(_engine.Folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Write_Stopped_LeavesTheArchiveAsItWas()
    {
        _engine.Run("$null = Copy-OciImage oci:images:0 oci-archive:out.tar:before");
        byte[] before = File.ReadAllBytes(_engine.GetPath("out.tar"));
        using var reached = new ManualResetEventSlim();
        _engine.Set("reached", reached);
        using PowerShell shell = _engine.CreateShell("""
            0..3 | ForEach-Object { if ($_ -eq 3) { $reached.Set(); while ($true) { [Threading.Thread]::Sleep(20) } }; "oci:images:$_" } |
                Copy-OciImage -Destination { "oci-archive:out.tar:$($_.Split(':')[-1])" }
            """);

        IAsyncResult running = shell.BeginInvoke();
        Assert.True(reached.Wait(TimeSpan.FromMinutes(1)));
        shell.Stop();

        Assert.True(running.IsCompleted);
        Assert.Equal(before, File.ReadAllBytes(_engine.GetPath("out.tar")));
        Assert.Equal(["images", "out.tar"], Directory.GetFileSystemEntries(_engine.Folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Write_VerboseOfTheRewrite_IsShown() =>
        Assert.Contains(
            _engine.Invoke("Copy-OciImage oci:images:0 oci-archive:out.tar:a -Verbose").Verbose,
            text => text.Contains("was written to", StringComparison.Ordinal));
}
