// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Registry;
using OciPS.Registry.Connections;
using OciPS.Removal;
using OciPS.Storage;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry;

/// <summary>Registries that are asked before the one that a reference names.</summary>
public sealed class MirrorTests : RegistryTestBase
{
    private RegistryServer _mirror = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _mirror = await RegistryServer.StartAsync();
    }

    public override async Task DisposeAsync()
    {
        TestSession.Current.Registries.DisconnectAll();
        await _mirror.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task List_MirrorHasAll_AsksTheRegistryNothing()
    {
        RegistryImage.Push(_mirror, "hub/team/app");
        Connect($"{_mirror.Host}/hub");

        Assert.NotEmpty(await ListAsync($"{Host}/team/app:1"));

        Assert.Empty(Registry.Requests);
    }

    [Fact]
    public async Task List_FirstMirrorIsDownAndSecondHasNothing_ReadsFromTheRegistry()
    {
        RegistryImage.Push(Registry, "team/app");
        Connect("127.0.0.1:9", _mirror.Host);

        Assert.NotEmpty(await ListAsync($"{Host}/team/app:1"));

        Assert.NotEmpty(_mirror.Requests);
        Assert.NotEmpty(Registry.Requests);
    }

    [Fact]
    public async Task List_MirrorHasTheManifestOnly_ReadsTheLayersFromTheRegistry()
    {
        RegistryImage.Push(Registry, "team/app");
        RegistryImage.Push(_mirror, "team/app");
        _mirror.Options.Fault = (_, request) => request.Path.Contains("/blobs/", StringComparison.Ordinal)
            ? RegistryFault.FromStatus(404)
            : null;
        Connect(_mirror.Host);

        Assert.NotEmpty(await ListAsync($"{Host}/team/app:1"));

        Assert.DoesNotContain(Registry.Requests, request => request.Path.Contains("/manifests/", StringComparison.Ordinal));
        Assert.Contains(Registry.Requests, request => request.Path.Contains("/blobs/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Open_MirrorDiesInTheMiddleOfALayer_ReadsTheRestFromTheRegistry()
    {
        byte[] layer = Sample.Noise(300_000);
        string digest = Registry.Content.PutBlob("team/app", layer);
        _mirror.Content.PutBlob("team/app", layer);
        int asked = 0;
        _mirror.Options.Fault = (_, request) => Interlocked.Increment(ref asked) == 1
            ? new RegistryFault("cut") { CutAt = 200_000 }
            : RegistryFault.FromStatus(503);
        using var store = new MirroredStore(
            ImageReference.Parse($"{Host}/team/app:1"),
            [RegistryMirror.Parse(_mirror.Host)],
            TestSession.Current.Registries,
            new RecordingLog(),
            TestSession.Current.Registries.NewBudget());

        using var read = new MemoryStream();
        await using (Stream content = await store.OpenVerifiedAsync(
            new Descriptor("", Digest.Parse(digest), layer.Length), "It", CancellationToken.None))
        {
            await content.CopyToAsync(read);
        }

        Assert.Equal(layer, read.ToArray());
        Assert.Matches("^bytes=[1-9][0-9]*-$", Assert.Single(Registry.Requests).Range);
    }

    [Fact]
    public async Task Resolve_MirrorGivesAnotherManifestForADigest_IsReadFromTheRegistry()
    {
        RegistryImage.Push(Registry, "team/app");
        RegistryImage.Push(_mirror, "team/app");
        _mirror.Options.Fault = (_, _) => new RegistryFault("wrong bytes") { WrongBytes = true };
        Connect(_mirror.Host);
        string digest = Registry.Content.FindManifest("team/app", "1")!.Digest;

        Assert.Equal(digest, (await ResolveAsync($"{Host}/team/app@{digest}")).Digest.ToString());
    }

    [Fact]
    public async Task Remove_WithAMirror_WritesToTheRegistryAlone()
    {
        RegistryImage.Push(Registry, "team/app");
        RegistryImage.Push(_mirror, "team/app");
        Connect(_mirror.Host);

        RewrittenImage result = await RemoveAsync($"{Host}/team/app:1", $"{Host}/team/app:clean");

        Assert.NotNull(Registry.Content.FindManifest("team/app", "clean"));
        Assert.All(_mirror.Requests, request => Assert.True(request.Method is "GET" or "HEAD", $"{request.Method} {request.Path}"));
        Assert.NotEmpty(_mirror.Requests);
        Assert.Null(_mirror.Content.FindManifest("team/app", "clean"));
    }

    private void Connect(params string[] mirrors) =>
        TestSession.Current.Registries.Connect(new RegistryConnection(Host) { Mirrors = [.. mirrors.Select(RegistryMirror.Parse)] });
}
