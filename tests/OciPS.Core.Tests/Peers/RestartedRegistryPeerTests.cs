// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Registry.Client;
using OciPS.Storage;

namespace OciPS.Core.Tests.Peers;

/// <summary>A real registry that is killed and started again at a given byte of an upload.</summary>
public sealed class RestartedRegistryPeerTests
{
    private const string Secret = "the same after each start";

    // Near the beginning, in the middle, and at the end; the answer to a small part is read before the connection is closed,
    // that to a large one is not. With a secret of its own at each start, the registry knows its uploads no more.
    [PeerTheory("docker-registry")]
    [InlineData(20_000_000, 1_000_000, false, Secret)]
    [InlineData(20_000_000, 1_000_000, false, null)]
    [InlineData(20_000_000, 10_000_000, false, Secret)]
    [InlineData(20_000_000, 10_000_000, false, null)]
    [InlineData(20_000_000, 20_000_000, false, Secret)]
    [InlineData(20_000_000, 20_000_000, false, null)]
    [InlineData(3000, 1000, false, Secret)]
    [InlineData(3000, 1000, false, null)]
    [InlineData(3000, 1000, true, null)]
    [InlineData(20_000_000, 1_000_000, true, Secret)]
    [InlineData(20_000_000, 10_000_000, true, Secret)]
    [InlineData(20_000_000, 20_000_000, true, null)]
    public async Task Write_RegistryStartedAgain_IsWholeAndPartsAreStillTaken(int size, int at, bool known, string? secret)
    {
        using var registry = new RealRegistry(secret: secret);
        byte[] content = Sample.Noise(size);
        var digest = Digest.FromBytes(content);
        int asked = 0;
        var source = new BlobSource(
            async (output, token) =>
            {
                await output.WriteAsync(content.AsMemory(0, at), token);
                if (++asked == 1)
                {
                    registry.Kill();
                    registry.Start();
                }

                await output.WriteAsync(content.AsMemory(at), token);
            },
            known ? new Descriptor("", digest, content.Length) : null);
        var log = new RecordingLog();
        using var store = TestSession.Store(ImageReference.Parse($"{registry.Host}/team/app"), log);

        WrittenBlob written = await store.WriteBlobAsync(source, CancellationToken.None);

        Assert.Equal((digest, content.Length), (written.Digest, written.Size));
        using var http = new HttpClient();
        Assert.Equal(content, await http.GetByteArrayAsync(new Uri($"http://{registry.Host}/v2/team/app/blobs/{digest}")));
        Assert.InRange(asked, 1, 2);
        Assert.NotEqual(UploadMode.Whole, TestSession.Current.Registries.GetClient(registry.Host).Uploads);
    }
}
