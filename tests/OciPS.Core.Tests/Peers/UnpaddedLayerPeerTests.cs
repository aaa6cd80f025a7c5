// SPDX-License-Identifier: MIT

using System.IO.Compression;
using System.Text.Json.Nodes;
using OciPS.Core.Tests.Support;
using OciPS.Files;
using OciPS.Images;
using OciPS.Removal;

namespace OciPS.Core.Tests.Peers;

/// <summary>Layers whose last content is not padded, as older umoci writes them: engines take them, GNU tar and Python do not.</summary>
[Trait("Speed", "Slow")]
public sealed class UnpaddedLayerPeerTests : IDisposable
{
    private static readonly byte[] s_last = Sample.Text(70_100);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, int> Cells
    {
        get
        {
            var cells = new TheoryData<string, int>();
            foreach (string compression in new[] { "none", "gzip", "zstd", "zstd frames", "bzip2", "xz" })
            {
                foreach (int padding in new[] { 0, 1, 43 })
                {
                    cells.Add(compression, padding);
                }
            }

            return cells;
        }
    }

    [PeerTheory("tar", "python3", "zstd", "bzip2", "xz", "gzip")]
    [MemberData(nameof(Cells))]
    public async Task List_UnpaddedLayer_IsWhole(string compression, int padding)
    {
        Write(compression, Tar(padding));

        Assert.Equal(["first", "middle", "last"], await NamesAsync());
    }

    [PeerTheory("tar", "python3", "zstd", "bzip2", "xz", "gzip")]
    [MemberData(nameof(Cells))]
    public async Task Remove_FromAnUnpaddedLayer_GnuTarAndPythonReadTheResult(string compression, int padding)
    {
        Write(compression, Tar(padding));

        await RemoveAsync("first");

        byte[] tar = Layer(0);
        Assert.Equal(["middle", "last"], TarDump.List(tar));
        Assert.Equal(
            TarDump.Python(new TarBuilder().Add("middle", Sample.Noise(90_000)).Add("last", s_last).ToBytes()), TarDump.Python(tar));
    }

    [PeerTheory("tar", "python3", "zstd", "bzip2", "xz", "gzip")]
    [MemberData(nameof(Cells))]
    public async Task Remove_TheUnpaddedFileItself_IsGone(string compression, int padding)
    {
        Write(compression, Tar(padding));

        await RemoveAsync("last");

        Assert.Equal(["first", "middle"], TarDump.List(Layer(0)));
    }

    [PeerTheory("tar", "python3", "zstd", "bzip2", "xz", "gzip")]
    [MemberData(nameof(Cells))]
    public async Task Remove_UnpaddedFileThatALinkAboveNames_IsTakenOverWithItsPadding(string compression, int padding)
    {
        Write(compression, Tar(padding), new TarBuilder().Add("link", [], '1', "last").Add("behind", s_last).ToBytes());

        await RemoveAsync("last");

        byte[] tar = Layer(1);
        Assert.Equal(["link", "behind"], TarDump.List(tar));
        Assert.Equal(TarDump.Python(new TarBuilder().Add("link", s_last).Add("behind", s_last).ToBytes()), TarDump.Python(tar));
    }

    [PeerTheory("tar", "python3", "zstd", "gzip")]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task List_ContentThatIsMissing_IsAnError(string compression)
    {
        byte[] whole = Tar(0);
        Write(compression, whole[..^1]);

        var error = await Assert.ThrowsAsync<InvalidContentException>(NamesAsync);

        Assert.Equal("InvalidTar", error.ErrorId);
        Assert.Contains("'last'", error.Message, StringComparison.Ordinal);
    }

    [PeerFact("tar", "python3")]
    public async Task Remove_Nothing_KeepsTheLayerAsItIs()
    {
        Write("gzip", Tar(0));

        RewrittenImage result = await RemoveAsync("nothing");

        Assert.False(result.Published.Changed);
    }

    private static byte[] Tar(int padding) =>
        [.. new TarBuilder().Add("first", Sample.Text(3000)).Add("middle", Sample.Noise(90_000)).Raw(
            TarBuilder.Header("last", '0', TarBuilder.Octal(s_last.Length))).Raw(s_last).Raw(new byte[padding]).ToBytes(end: false)];

    private void Write(string compression, params byte[][] tars)
    {
        var layout = new LayoutBuilder(_folder["in"]);
        foreach (byte[] tar in tars)
        {
            layout.Add(tar, Compress(tar, compression), compression == "none"
                ? LayoutBuilder.PlainLayer
                : compression.StartsWith("zstd", StringComparison.Ordinal) ? LayoutBuilder.ZstdLayer : LayoutBuilder.GzipLayer);
        }

        layout.Write("1");
    }

    private static byte[] Compress(byte[] tar, string compression) => compression switch
    {
        "none" => tar,
        "zstd frames" => [.. tar.Chunk(40_000).SelectMany(part => Tool.Filter(part, "zstd", "-qc"))],
        _ => Tool.Filter(tar, compression, compression == "zstd" ? "-qc" : "-c"),
    };

    private byte[] Layer(int index)
    {
        LayoutImages images = LayoutImages.Open(_folder["out"]);
        JsonObject manifest = images.Json(LayoutImages.GetTagDigest(_folder["out"], "1"));
        byte[] blob = images.Blob((string)manifest["layers"]![index]!["digest"]!);
        byte[] tar = blob switch
        {
            [0x1f, 0x8b, ..] => Decompress(blob),
            [0x28, 0xb5, ..] => Tool.Filter(blob, "zstd", "-dqc"),
            _ => blob,
        };
        Assert.Equal(
            "sha256:" + Sample.Hash(tar), (string)images.Json((string)manifest["config"]!["digest"]!)["rootfs"]!["diff_ids"]![index]!);
        return tar;
    }

    private static byte[] Decompress(byte[] blob)
    {
        using var gzip = new GZipStream(new MemoryStream(blob), CompressionMode.Decompress);
        using var tar = new MemoryStream();
        gzip.CopyTo(tar);
        return tar.ToArray();
    }

    private async Task<string[]> NamesAsync()
    {
        using SelectedImages picked = await TestImages.OpenAsync($"oci:{_folder["in"]}:1");
        var names = new List<string>();
        await foreach (ImageFile file in new FileLister(picked.Images[0], TestSession.Begin()).ListAsync(CancellationToken.None))
        {
            using Stream content = await file.OpenAsync(CancellationToken.None);
            using var bytes = new MemoryStream();
            await content.CopyToAsync(bytes);
            Assert.Equal(file.Entry.Size, bytes.Length);
            names.Add(file.Entry.Name);
        }

        return [.. names];
    }

    private Task<RewrittenImage> RemoveAsync(string path) =>
        TestImages.RemoveAsync($"oci:{_folder["in"]}:1", $"oci:{_folder["out"]}:1", path);
}
