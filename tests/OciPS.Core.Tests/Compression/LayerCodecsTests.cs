// SPDX-License-Identifier: MIT

using OciPS.Compression;
using OciPS.Core.Tests.Support;
using OciPS.Manifests;

namespace OciPS.Core.Tests.Compression;

public sealed class LayerCodecsTests
{
    [PeerTheory("gzip", "zstd")]
    [InlineData("Gzip", "gzip")]
    [InlineData("Zstd", "zstd")]
    [InlineData("Bzip2", "gzip")]
    [InlineData("Xz", "gzip")]
    public void OpenWrite_Compression_IsReadByItsOwnProgram(string compressionName, string tool)
    {
        foreach (byte[] original in new[] { Sample.Text(200_000), Sample.Noise(200_000), "x"u8.ToArray() })
        {
            using var output = new MemoryStream();
            using (Stream? compressor = LayerCodecs.OpenWrite(output, Enum.Parse<LayerCompression>(compressionName)))
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
    public void OpenWrite_None_HasNoStream() => Assert.Null(LayerCodecs.OpenWrite(new MemoryStream(), LayerCompression.None));

    [Theory]
    [InlineData("None", "None")]
    [InlineData("Gzip", "Gzip")]
    [InlineData("Zstd", "Zstd")]
    [InlineData("Bzip2", "Gzip")]
    [InlineData("Xz", "Gzip")]
    public void WrittenAs_Compression_HasAMediaType(string compressionName, string expected) =>
        Assert.Equal(expected, LayerSuffix.For(Enum.Parse<LayerCompression>(compressionName)).WrittenAs.ToString());

    [Fact]
    public void OpenWrite_UnknownCompression_ThrowsInPlaceOfWritingAsItIs() => Assert.Throws<ArgumentOutOfRangeException>(
        () => LayerCodecs.OpenWrite(new MemoryStream(), (LayerCompression)99));

    [Fact]
    public void For_EveryCompression_IsInBothTables() => Assert.All(Enum.GetValues<LayerCompression>(), compression =>
    {
        Assert.Equal(compression, LayerCodecs.For(compression).Compression);
        Assert.Equal(compression, LayerSuffix.For(compression).Compression);
    });

    [Fact]
    public void IsDamage_EveryCompression_IsBadDataAndNotTheSourceOrAClosedStream() => Assert.All(
        Enum.GetValues<LayerCompression>(),
        compression =>
        {
            LayerCodec codec = LayerCodecs.For(compression);

            Assert.Equal(compression != LayerCompression.None, codec.IsDamage(new InvalidDataException("bad")));
            Assert.False(codec.IsDamage(new ObjectDisposedException("stream")));
            Assert.False(codec.IsDamage(new RegistryException(ErrorIds.RegistryUnreachable, "broken")));
        });
}
