// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Registry;
using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Removal;

namespace OciPS.Core.Tests.Peers;

/// <summary>Debian's registry after a collection while it ran: its cache knows blobs and manifests that are no more.</summary>
public sealed class CollectedRegistryPeerTests : RegistryTestBase
{
    [PeerFact("docker-registry")]
    public async Task Copy_SameImageAfterACollection_IsNotStored()
    {
        TestSession.Use(clock: new TestClock());
        RegistryImage image = RegistryImage.Push(Registry, "team/app");
        using var real = new RealRegistry(hasCache: true);
        await PushAndCollectAsync(real, image);

        OciException error = await GetErrorAsync(() => TestImages.CopyAsync($"{Host}/team/app:1", $"{real.Host}/clean/app:1"));

        Assert.Equal("NotStored", error.ErrorId);
        Assert.Contains(image.Digest, error.Message, StringComparison.Ordinal);
        Assert.Contains("restarted", error.Message, StringComparison.Ordinal);
        real.Kill();
        real.Start();
        await TestImages.CopyAsync($"{Host}/team/app:1", $"{real.Host}/clean/app:1");
        Assert.Equal(image.Digest, await StoreCopy.ReadAllAsync($"{real.Host}/clean/app:1"));
    }

    [PeerFact("docker-registry")]
    public async Task Remove_KeptLayerIsGoneAfterACollection_IsSentAgain()
    {
        RegistryImage image = RegistryImage.Push(Registry, "team/app");
        using var real = new RealRegistry(hasCache: true);
        await PushAndCollectAsync(real, image);
        var log = new RecordingLog();

        RewrittenImage result = await TestImages.RemoveAsync(
            $"{Host}/team/app:1", $"{real.Host}/clean/app:1", FileSelection.ByPath(["app/run"], [], recurse: false), log);

        Assert.Equal(result.Published.Manifest.Digest.ToString(), await StoreCopy.ReadAllAsync($"{real.Host}/clean/app:1"));
        Assert.Contains(log.Messages, message => message.Contains(
            image.Layers[0], StringComparison.Ordinal) && message.Contains("counts as missing", StringComparison.Ordinal));
    }

    private async Task PushAndCollectAsync(RealRegistry real, RegistryImage image)
    {
        await TestImages.CopyAsync($"{Host}/team/app:1", $"{real.Host}/clean/app:1");
        using var http = new HttpClient();
        using HttpResponseMessage deleted = await http.DeleteAsync(new Uri($"http://{real.Host}/v2/clean/app/manifests/{image.Digest}"));
        Assert.True(deleted.IsSuccessStatusCode);
        real.CollectGarbage();
    }
}
