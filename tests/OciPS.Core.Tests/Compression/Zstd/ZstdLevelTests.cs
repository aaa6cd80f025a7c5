// SPDX-License-Identifier: MIT

using System.Text;
using OciPS.Compression;
using OciPS.Compression.Zstd;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;

namespace OciPS.Core.Tests.Compression.Zstd;

[Trait("Speed", "Slow")]
public sealed class ZstdLevelTests
{
    [PeerTheory("zstd")]
    [InlineData("-1")]
    [InlineData("-3")]
    [InlineData("-3", "--no-check")]
    public async Task Fit_MadeInAUsualWay_IsTheUsualLevel(params string[] options) =>
        Assert.Equal(ZstdLevel.Usual, await FitAsync(Tool.Filter(Words(3_000_000), "zstd", options)));

    [PeerTheory("zstd")]
    [InlineData("-17")]
    [InlineData("-19")]
    public async Task Fit_MadeSmaller_ComesOutAsSmallAndNotAtTheUsualLevel(string option)
    {
        byte[] words = Words(3_000_000);
        byte[] made = Tool.Filter(words, "zstd", option);
        Assert.True(Tool.Filter(words, "zstd", "-3").Length > made.Length * 1.1, "The sample is no good.");

        int level = await FitAsync(made);

        Assert.True(Tool.Filter(words, "zstd", $"-{level}").Length < made.Length * 1.1);
        Assert.True(level > ZstdLevel.Usual);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Fit_NothingToSpeakOf_IsTheUsualLevel(int length)
    {
        using var made = new MemoryStream();
        using (Stream compressor = LayerCodecs.OpenWrite(made, LayerCompression.Zstd)!)
        {
            compressor.Write(new byte[length]);
        }

        Assert.Equal(ZstdLevel.Usual, await FitAsync(made.ToArray()));
    }

    private static Task<int> FitAsync(byte[] zstd) =>
        ZstdLevel.FitAsync(_ => Task.FromResult<Stream>(new MemoryStream(zstd)), CancellationToken.None);

    // Text as software has it: what comes again does so far away, which the higher levels find.
    private static byte[] Words(int length)
    {
        var random = new Random(1);
        string[] words = [.. Enumerable.Range(0, 3000).Select(
            _ => new string([.. Enumerable.Range(0, random.Next(3, 12)).Select(_ => (char)random.Next('a', 'z' + 1))]))];
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append(words[(int)(words.Length * Math.Pow(random.NextDouble(), 3))]).Append(random.Next(12) == 0 ? '\n' : ' ');
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
