// SPDX-License-Identifier: MIT

using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>Destinations that a scriptblock makes of each item, or that an item says itself.</summary>
public sealed class DelayedDestinationTests : IDisposable
{
    private readonly Engine _engine = new();

    public DelayedDestinationTests()
    {
        _engine.Layout("images").Add("amd64", new TestImage("amd64", TestLayer.Gzip(new TarBuilder().File("a", "of amd64"))));
        _engine.Layout("images").Add("arm64", new TestImage("arm64", TestLayer.Gzip(new TarBuilder().File("a", "of arm64"))));
    }

    public void Dispose() => _engine.Dispose();

    [Theory]
    [InlineData("Get-OciTag oci:images | Export-OciImageLayer -DestinationPath { \"$($_.Tag).tar\" }")]
    [InlineData(
        "Get-OciTag oci:images | Select-Object Reference, @{ n = 'DestinationPath'; e = { \"$($_.Tag).tar\" } } | Export-OciImageLayer")]
    public void ExportOciImageLayer_OfEachItem_GoesWhereItSays(string script)
    {
        _engine.Run(script);

        Assert.True(File.Exists(_engine.GetPath("amd64.tar")));
        Assert.True(File.Exists(_engine.GetPath("arm64.tar")));
    }

    [Theory]
    [InlineData("Export-OciImageFile -DestinationPath { \"out/$($_.Tag)\" }")]
    [InlineData("Select-Object * | Export-OciImageFile -DestinationPath { \"out/$($_.Tag)\" }")]
    [InlineData("Select-Object Reference, FullName, @{ n = 'DestinationPath'; e = { \"out/$($_.Tag)\" } } | Export-OciImageFile")]
    public void ExportOciImageFile_OfEachItem_GoesWhereItSays(string command)
    {
        _engine.Run($"Get-OciTag oci:images | Get-OciImageFile | {command}");

        Assert.Equal("of amd64", File.ReadAllText(_engine.GetPath("out/amd64/a")));
        Assert.Equal("of arm64", File.ReadAllText(_engine.GetPath("out/arm64/a")));
    }

    [Theory]
    [InlineData("Merge-OciManifestList -Destination { $_.Reference -replace ':a[^:]*$', ':both' }")]
    [InlineData("Select-Object Reference, @{ n = 'Destination'; e = { 'oci:images:both' } } | Merge-OciManifestList")]
    public void MergeOciManifestList_OfOneDestination_IsWrittenThere(string command)
    {
        _engine.Run($"Get-OciTag oci:images | {command}");

        Assert.Equal(2, _engine.Layout("images").Manifest("both")["manifests"]!.AsArray().Count);
    }

    [Fact]
    public void MergeOciManifestList_OfSeveralDestinations_IsAnErrorAndNothingIsWritten()
    {
        Result result = _engine.Invoke("Get-OciTag oci:images | Merge-OciManifestList -Destination { \"oci:out:$($_.Tag)\" }");

        Assert.StartsWith("ConflictingDestinations,", Assert.Single(result.AllErrors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(_engine.Layout("out").Exists);
    }

    [Theory]
    [InlineData("Export-OciImageLayer oci:images:amd64 -DestinationPath { $_.Tag }")]
    [InlineData("Export-OciImageFile -DestinationPath { $_.Tag } -InputObject (Get-OciImageFile oci:images:amd64)")]
    [InlineData("Merge-OciManifestList oci:images:amd64, oci:images:arm64 -Destination { $_.Tag }")]
    [InlineData("Copy-OciImage oci:images:amd64 -Destination { $_.Tag }")]
    [InlineData("Remove-OciImageFile oci:images:amd64 -Path a -Destination { $_.Tag }")]
    [InlineData("Repair-OciImage oci:images:amd64 -Destination { $_.Tag }")]
    [InlineData("Publish-OciKanikoImage app.tar -Destination { $_.Tag }")]
    public void Scriptblock_WithoutPipeline_IsAnErrorAndNoFile(string script)
    {
        Result result = _engine.Invoke(script);

        Assert.StartsWith("ScriptBlockArgumentNoInput,", Assert.Single(result.AllErrors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal([_engine.GetPath("images")], Directory.GetFileSystemEntries(_engine.Folder));
    }

    [Theory]
    [InlineData("Export-OciImageLayer -DestinationPath given.tar")]
    [InlineData("Export-OciImageLayer -AsByteStream | Set-Content -AsByteStream given.tar")]
    public void PropertyOfAnItem_BesideWhatIsGiven_DoesNotCount(string command)
    {
        _engine.Run($"[pscustomobject] @{{ Reference = 'oci:images:amd64'; DestinationPath = 'other.tar' }} | {command}");

        Assert.True(File.Exists(_engine.GetPath("given.tar")));
        Assert.False(File.Exists(_engine.GetPath("other.tar")));
    }
}
