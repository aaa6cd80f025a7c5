// SPDX-License-Identifier: MIT

using System.IO.Compression;
using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Removal;

namespace OciPS.Core.Tests.Removal;

/// <summary>What is behind the end marker of a layer's tar, where no list looks.</summary>
public sealed class HiddenContentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RecordingLog _log = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, int> Hidden => new()
    {
        // A block, or what is no whole one, at once or behind zeros, and more than any buffer holds.
        { "SECRET", 0 },
        { "SECRET", 512 },
        { "SECRET", 300_001 },
        { new string('S', 700_000), 10_240 },
    };

    [Theory]
    [MemberData(nameof(Hidden))]
    public async Task Remove_FromALayerWithContentBehindItsEnd_WarnsAndKeepsIt(string hidden, int zeros)
    {
        byte[] behind = [.. new byte[zeros], .. System.Text.Encoding.ASCII.GetBytes(hidden)];
        byte[] kept = new TarBuilder().Add("a", Sample.Text(700)).ToBytes();
        Write([.. new TarBuilder().Add("x", Sample.Text(5000)).Add("a", Sample.Text(700)).ToBytes(), .. behind]);

        await RemoveAsync("x");

        string warning = Assert.Single(_log.Warnings);
        Assert.Contains("Layer 0", warning, StringComparison.Ordinal);
        Assert.Contains("behind the end", warning, StringComparison.Ordinal);
        Assert.Equal([.. kept, .. behind], Layer());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9000)]
    [InlineData(500_000)]
    public async Task Remove_FromALayerWithPaddingBehindItsEnd_KeepsItSilently(int zeros)
    {
        Write([.. new TarBuilder().Add("x", Sample.Text(5000)).Add("a", Sample.Text(700)).ToBytes(), .. new byte[zeros]]);

        await RemoveAsync("x");

        Assert.Empty(_log.Warnings);
        Assert.Equal([.. new TarBuilder().Add("a", Sample.Text(700)).ToBytes(), .. new byte[zeros]], Layer());
    }

    [Fact]
    public async Task Remove_FromAnotherLayer_SaysNothing()
    {
        Write(
            [.. new TarBuilder().Add("a", Sample.Text(700)).ToBytes(), .. "SECRET"u8],
            new TarBuilder().Add("x", Sample.Text(700)).ToBytes());

        await RemoveAsync("x");

        Assert.Empty(_log.Warnings);
    }

    private void Write(params byte[][] tars)
    {
        var layout = new LayoutBuilder(_folder["in"]);
        foreach (byte[] tar in tars)
        {
            using var blob = new MemoryStream();
            using (var gzip = new GZipStream(blob, CompressionLevel.Fastest, leaveOpen: true))
            {
                gzip.Write(tar);
            }

            layout.Add(tar, blob.ToArray(), LayoutBuilder.GzipLayer);
        }

        layout.Write("1");
    }

    private byte[] Layer()
    {
        LayoutImages images = LayoutImages.Open(_folder["out"]);
        byte[] blob = images.Blob((string)images.Json(LayoutImages.GetTagDigest(_folder["out"], "1"))["layers"]![0]!["digest"]!);
        using var gzip = new GZipStream(new MemoryStream(blob), CompressionMode.Decompress);
        using var tar = new MemoryStream();
        gzip.CopyTo(tar);
        return tar.ToArray();
    }

    private Task<RewrittenImage> RemoveAsync(string path) => TestImages.RemoveAsync(
        $"oci:{_folder["in"]}:1", $"oci:{_folder["out"]}:1", FileSelection.ByPath([path], [], recurse: false), _log);
}
