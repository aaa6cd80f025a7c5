// SPDX-License-Identifier: MIT

using OciPS.Compression;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;

namespace OciPS.Core.Tests.Compression;

public sealed class LayerCompressorTests
{
    [PeerTheory("gzip", "zstd")]
    [InlineData("Gzip", "gzip")]
    [InlineData("Zstd", "zstd")]
    [InlineData("Bzip2", "gzip")]
    [InlineData("Xz", "gzip")]
    public void Open_Compression_IsReadByItsOwnProgram(string compressionName, string tool)
    {
        foreach (byte[] original in new[] { Sample.Text(200_000), Sample.Noise(200_000), "x"u8.ToArray() })
        {
            using var output = new MemoryStream();
            using (Stream? compressor = LayerCompressor.Open(output, Enum.Parse<LayerCompression>(compressionName)))
            {
                compressor!.Write(original.AsSpan(0, original.Length / 2));
                compressor.Flush();
                compressor.Write(original.AsSpan(original.Length / 2));
            }

            Assert.True(output.CanWrite);
            Assert.Equal(original, Tool.Filter(output.ToArray(), tool, "-dc"));
        }
    }

    [Fact]
    public void Open_None_HasNoStream() => Assert.Null(LayerCompressor.Open(new MemoryStream(), LayerCompression.None));

    [Theory]
    [InlineData("None", "None")]
    [InlineData("Gzip", "Gzip")]
    [InlineData("Zstd", "Zstd")]
    [InlineData("Bzip2", "Gzip")]
    [InlineData("Xz", "Gzip")]
    public void GetOutput_Compression_HasAMediaType(string compressionName, string expected) =>
        Assert.Equal(expected, LayerCompressor.GetOutput(Enum.Parse<LayerCompression>(compressionName)).ToString());
}
