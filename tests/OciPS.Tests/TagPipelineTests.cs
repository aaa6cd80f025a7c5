// SPDX-License-Identifier: MIT

using System.Management.Automation;
using OciPS.Core.Tests.Support;
using OciPS.TestRegistry;
using OciPS.Tests.Support;

namespace OciPS.Tests;

/// <summary>From the tags of a repository to clean images in another, in one pipeline.</summary>
public sealed class TagPipelineTests : IAsyncLifetime, IDisposable
{
    private const string Clean = """
        Get-OciTag "$registry/team/app" |
            Get-OciImageFile -Path 'etc/ssl/private/*' |
            Remove-OciImageFile -Destination { "$registry/clean/app:$($_.Tag)" }
        """;

    private readonly Engine _engine = new();
    private RegistryServer _registry = null!;

    public async Task InitializeAsync()
    {
        var images = new LayoutImages(_engine.GetPath("images"));
        images.Tag("1", images.Image("linux/amd64", [images.Layer(("etc/ssl/private/one.key", "SECRET"), ("bin/app", "1"))]));
        images.Tag("2", images.Index(
            images.Image("linux/amd64", [images.Layer(("etc/ssl/private/two.key", "SECRET"), ("bin/app", "2"))]),
            images.Image("linux/arm64", [images.Layer(("etc/ssl/private/two.key", "SECRET"), ("bin/app", "2 for arm"))])));
        images.Tag("sane", images.Image("linux/amd64", [images.Layer(("bin/app", "3"))]));
        _registry = await RegistryServer.StartAsync();
        _registry.Options.PageSize = 2;
        _registry.Load("team/app", images);
        _engine.Set("registry", _registry.Host);
    }

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Pipeline_ScriptBlockAsDestination_WritesEachTagClean()
    {
        Result result = _engine.Invoke(Clean);

        Assert.Empty(result.AllErrors);
        Assert.Equal([$"{_registry.Host}/clean/app:1", $"{_registry.Host}/clean/app:2"], result.Output.Texts("Reference"));
        Assert.Equal([$"{_registry.Host}/team/app:1", $"{_registry.Host}/team/app:2"], result.Output.Texts("Source"));
        Assert.Equal(["1", "2"], _registry.Content.TagsIn("clean/app").Order());
        Assert.Equal(
            ["bin/app", "bin/app", "bin/app"],
            _engine.Run("Get-OciTag \"$registry/clean/app\" | Get-OciImageFile -Platform */*").Texts("FullName"));
        Assert.Equal(3, _engine.Run("Get-OciTag \"$registry/team/app\" | Get-OciImageFile -Platform */* -Path *.key").Count);
    }

    [Fact]
    public void Pipeline_WhatIf_SaysWhatAndWritesNothing()
    {
        Assert.Empty(_engine.Run(Clean + " -WhatIf"));

        Assert.Empty(_registry.Content.TagsIn("clean/app"));
        Assert.Empty(_registry.Content.BlobsIn("clean/app"));
        Assert.DoesNotContain(_registry.Requests, request => request.Method is "PUT" or "POST" or "PATCH" or "DELETE");
        string[] lines = _engine.Host.Lines;
        Assert.Equal(
            $"What if: Removing 1 file (6 bytes) from 1 of 1 layer of '{_registry.Host}/team/app:1', writing to "
                + $"'{_registry.Host}/clean/app:1':", lines[0]);
        Assert.Equal("  layer 0: etc/ssl/private/one.key (6 bytes)", lines[1]);
        Assert.EndsWith(" is rewritten", lines[2], StringComparison.Ordinal);
        Assert.StartsWith(
            $"What if: Removing 1 file (6 bytes) from 1 of 1 layer of '{_registry.Host}/team/app:2@sha256:",
            lines[3],
            StringComparison.Ordinal);
        Assert.EndsWith($"' (linux/amd64), writing to '{_registry.Host}/clean/app:2':", lines[3], StringComparison.Ordinal);
        Assert.EndsWith($"' (linux/arm64), writing to '{_registry.Host}/clean/app:2':", lines[6], StringComparison.Ordinal);
    }

    [Fact]
    public void Pipeline_OneTagIsBroken_OthersAreWritten()
    {
        RegistryContent.StoredManifest first = _registry.Content.FindManifest("team/app", "1")!;
        _registry.Content.RemoveBlob("team/app", (string)System.Text.Json.Nodes.JsonNode.Parse(first.Bytes)!["layers"]![0]!["digest"]!);

        Result result = _engine.Invoke(Clean);

        result.Error.ShouldBe("BlobNotFound", ErrorCategory.ObjectNotFound, $"{_registry.Host}/team/app:1");
        Assert.Equal(["2"], result.Output.Texts("Tag"));
    }

    [Fact]
    public void Pipeline_CopyTagsBetweenRepositories_MountsAndKeepsDigests()
    {
        IReadOnlyList<PSObject> copies = _engine.Run(
            "Get-OciTag \"$registry/team/app\" | Copy-OciImage -Destination { \"$registry/mirror/app:$($_.Name)\" }");

        Assert.Equal(["1", "2", "sane"], copies.Texts("Tag"));
        Assert.All(copies, copy => Assert.Equal(false, copy.Value("Changed")));
        Assert.All(copies, copy => Assert.Equal(0L, copy.Value("BytesTransferred")));
        Assert.All(copies, copy => Assert.True((long)copy.Value("BytesMounted")! > 0));
        Assert.All(copies, copy => Assert.Equal(_registry.Content.FindManifest("team/app", copy.Text("Tag"))!.Digest, copy.Text("Digest")));
    }
}
