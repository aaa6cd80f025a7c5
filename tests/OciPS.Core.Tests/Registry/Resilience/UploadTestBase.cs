// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Manifests;
using OciPS.References;
using OciPS.Storage;

namespace OciPS.Core.Tests.Registry.Resilience;

/// <summary>Uploads a blob, looks at what has come of it, and counts how often it was made.</summary>
public abstract class UploadTestBase : FaultTestBase
{
    private const int Piece = 128 * 1024;

    internal static readonly byte[] Content = Sample.Noise(20_000_000);
    internal static readonly byte[] Small = Sample.Noise(3000);

    /// <summary>How often the blob's bytes were asked for.</summary>
    internal int Asked { get; private set; }

    /// <summary>What was told, each time.</summary>
    internal RecordingLog Log { get; } = new();

    internal async Task WriteAsync(byte[] content, bool known)
    {
        using var store = TestSession.Store(ImageReference.Parse($"{Host}/team/app:1"), Log);
        var digest = Digest.FromBytes(content);
        var source = new BlobSource(
            async (output, token) =>
            {
                Asked++;
                foreach (byte[] piece in content.Chunk(Piece))
                {
                    await output.WriteAsync(piece, token);
                }
            },
            known ? new Descriptor("", digest, content.Length) : null);

        WrittenBlob written = await store.WriteBlobAsync(source, CancellationToken.None);

        Assert.Equal((digest, content.Length), (written.Digest, written.Size));
        Assert.Equal(content, Registry.Content.FindBlob("team/app", digest.ToString()));
    }
}
