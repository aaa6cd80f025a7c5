// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.Core.Tests.Registry;
using OciPS.Core.Tests.Support;
using OciPS.Storage;
using OciPS.Storage.DockerArchives;

namespace OciPS.Core.Tests.Storage;

/// <summary>Tarballs of strangers.</summary>
public sealed class ArchiveFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(2_000_000, true)]
    [InlineData(2_000, false)]
    public async Task Open_DecompressesToMuchMoreThanItIs_IsInvalidArchiveUnlessItIsLittle(long allowed, bool isOpened)
    {
        byte[] bomb = RegistryImage.Gzip(new TarBuilder().Add("a", new byte[1_000_000]).ToBytes());
        string path = _folder.Write("bomb.tar.gz", bomb);

        Exception? error = await Record.ExceptionAsync(async () =>
        {
            using ArchiveFile archive = await ArchiveFile.OpenAsync(path, allowed, new RecordingLog(), CancellationToken.None);
            Assert.Equal(1_000_000, archive.Find("a").Length);
        });

        Assert.Equal(isOpened ? null : "InvalidArchive", (error as OciException)?.ErrorId);
    }

    [Theory]
    [InlineData("""[{"Config":"\ud800"}]""")]
    [InlineData("""[{"Conf\ud800":"a"}]""")]
    [InlineData("""[{"Config":"a","Layers":["\ud800"]}]""")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    public async Task ReadAll_ManifestThatNoReaderTakes_IsANamedError(string manifest)
    {
        string path = _folder.Write("images.tar", new TarBuilder().Add("manifest.json", Encoding.UTF8.GetBytes(manifest)).ToBytes());
        using ArchiveFile archive = await ArchiveFile.OpenAsync(path, new RecordingLog(), CancellationToken.None);

        OciException error = await Assert.ThrowsAnyAsync<OciException>(
            () => DockerArchiveImage.ReadAllAsync(archive, CancellationToken.None));

        Assert.Matches("InvalidArchive|InvalidManifest", error.ErrorId);
    }
}
