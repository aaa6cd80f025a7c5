// SPDX-License-Identifier: MIT

using System.Collections.Concurrent;
using OciPS.Core.Tests.Support;
using OciPS.Export;
using OciPS.Images;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Registry.Connections;
using OciPS.Storage;
using OciPS.TestRegistry;

namespace OciPS.Core.Tests.Registry.Resilience;

/// <summary>What comes damaged is fetched once more, past caches and mirrors.</summary>
/// <remarks>RFC 9111, section 5.2.1.4: "no-cache" asks for an answer that was validated where it comes from.</remarks>
public sealed class DamagedDownloadTests : FaultTestBase
{
    private static readonly RegistryFault s_damage = new("wrong bytes") { WrongBytes = true };

    private readonly ConcurrentQueue<(string Path, string CacheControl)> _seen = new();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Registry.Options.Intercept = context =>
        {
            _seen.Enqueue((context.Request.Path, context.Request.Headers.CacheControl.ToString()));
            return Task.FromResult(false);
        };
    }

    [Theory]
    [InlineData("copy", true)]
    [InlineData("copy", false)]
    [InlineData("remove", true)]
    [InlineData("remove", false)]
    [InlineData("layout", true)]
    [InlineData("layout", false)]
    [InlineData("export", false)]
    public async Task Run_EachBlobComesDamagedOnce_IsFetchedPastCachesAndSucceeds(string operation, bool config)
    {
        RegistryImage image = RegistryImage.Push(Registry, "team/app");
        var damaged = new ConcurrentDictionary<string, bool>();
        Registry.Options.Fault = (_, request) => request.Path.Contains("mount=", StringComparison.Ordinal) ? RegistryFault.FromStatus(405)
            : Kind("blob GET")(request) && request.Path.StartsWith("/v2/team/app/", StringComparison.Ordinal)
                && request.Path.EndsWith(image.Config, StringComparison.Ordinal) == config && damaged.TryAdd(request.Path, true)
                ? s_damage
                : null;
        using var folder = new TemporaryFolder();

        await RunAsync(operation, folder);

        Assert.Equal(config ? 1 : 2, damaged.Count);
        Assert.All(damaged.Keys, path => Assert.Equal(
            ["", "no-cache"], _seen.Where(request => request.Path == path).Select(request => request.CacheControl).Take(2)));
    }

    [Theory]
    [InlineData("copy")]
    [InlineData("remove")]
    [InlineData("layout")]
    [InlineData("export")]
    [InlineData("list")]
    public async Task Run_BlobIsAlwaysDamaged_IsADigestMismatchAfterTwoDownloads(string operation)
    {
        RegistryImage image = RegistryImage.Push(Registry, "team/app");
        Registry.Options.Fault = (_, request) => request.Path.Contains("mount=", StringComparison.Ordinal) ? RegistryFault.FromStatus(405)
            : request.Path.EndsWith($"/v2/team/app/blobs/{image.Layers[0]}", StringComparison.Ordinal) ? s_damage : null;
        using var folder = new TemporaryFolder();

        OciException error = await GetErrorAsync(() => RunAsync(operation, folder));

        Assert.Equal("DigestMismatch", error.ErrorId);
        Assert.Contains(image.Layers[0], error.Message, StringComparison.Ordinal);
        // What was given to the pipeline is not taken back.
        Assert.Equal(operation == "list" ? 1 : 2, Count(request => request.Method == "GET" && request.Path.EndsWith(
            $"/v2/team/app/blobs/{image.Layers[0]}", StringComparison.Ordinal)));
        Assert.Null(Registry.Content.FindManifest("clean/app", "1"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Resolve_ManifestComesDamaged_IsReadOnceMorePastCaches(bool always)
    {
        RegistryImage image = RegistryImage.Push(Registry, "team/app");
        int left = always ? int.MaxValue : 1;
        Registry.Options.Fault = (_, request) => Kind("manifest GET")(request) && left-- > 0 ? s_damage : null;

        if (always)
        {
            Assert.Equal("DigestMismatch", (await GetErrorAsync(() => ResolveAsync($"{Host}/team/app:1"))).ErrorId);
        }
        else
        {
            Assert.Equal(image.Digest, (await ResolveAsync($"{Host}/team/app:1")).Digest.ToString());
        }

        Assert.Equal(["", "no-cache"], _seen.Select(request => request.CacheControl));
    }

    [Fact]
    public async Task Copy_MirrorGivesADamagedBlob_IsReadFromTheRegistry()
    {
        await using RegistryServer mirror = await RegistryServer.StartAsync();
        RegistryImage image = RegistryImage.Push(Registry, "team/app");
        RegistryImage.Push(mirror, "team/app");
        mirror.Options.Fault = (_, request) => Kind("blob GET")(request) ? s_damage : null;
        TestSession.Current.Registries.Connect(new RegistryConnection(Host) { Mirrors = [RegistryMirror.Parse(mirror.Host)] });
        using var folder = new TemporaryFolder();
        try
        {
            await TestImages.CopyAsync($"{Host}/team/app:1", $"oci:{folder["layout"]}:1");
        }
        finally
        {
            TestSession.Current.Registries.DisconnectAll();
        }

        Assert.Equal(image.Digest, await StoreCopy.ReadAllAsync($"oci:{folder["layout"]}:1"));
        Assert.Equal(3, mirror.Requests.Count(Kind("blob GET")));
        Assert.Equal(3, Count(Kind("blob GET")));
        Assert.All(
            _seen.Where(request => request.Path.Contains("/blobs/", StringComparison.Ordinal)),
            request => Assert.Equal("no-cache", request.CacheControl));
    }

    [Fact]
    public async Task Read_TwoGetTheSameBlobDamagedAtOnce_BothComeRight()
    {
        byte[] blob = Sample.Noise(5000);
        Registry.Content.PutBlob("team/app", blob);
        int left = 2;
        Registry.Options.Fault = (_, _) => Interlocked.Decrement(ref left) >= 0
            ? s_damage with { Delay = TimeSpan.FromMilliseconds(200) }
            : null;
        using var store = Store();
        var descriptor = new Descriptor("", Digest.FromBytes(blob), blob.Length);

        ReadOnlyMemory<byte>[] read = await Task.WhenAll(
            Enumerable.Range(0, 2).Select(_ => store.ReadBlobAsync(descriptor, 10_000, "It", CancellationToken.None)));

        Assert.All(read, bytes => Assert.Equal(blob, bytes.ToArray()));
    }

    private async Task RunAsync(string operation, TemporaryFolder folder)
    {
        switch (operation)
        {
            case "copy":
                await TestImages.CopyAsync($"{Host}/team/app:1", $"{Host}/clean/app:1");
                Assert.Equal(await StoreCopy.ReadAllAsync($"{Host}/team/app:1"), await StoreCopy.ReadAllAsync($"{Host}/clean/app:1"));
                break;
            case "layout":
                await TestImages.CopyAsync($"{Host}/team/app:1", $"oci:{folder["layout"]}:1");
                await StoreCopy.ReadAllAsync($"oci:{folder["layout"]}:1");
                break;
            case "remove":
                await RemoveAsync($"{Host}/team/app:1", $"{Host}/clean/app:1");
                await StoreCopy.ReadAllAsync($"{Host}/clean/app:1");
                break;
            case "export":
                using (SelectedImages picked = await TestImages.OpenAsync($"{Host}/team/app:1"))
                {
                    await new LayerExporter(picked.Images[0], excludeConfig: true, TestSession.Begin())
                        .ExportAsync(folder["layers.tar"], CancellationToken.None);
                }

                Assert.True(File.Exists(folder["layers.tar"]));
                break;
            default:
                await ListAsync($"{Host}/team/app:1");
                break;
        }
    }
}
