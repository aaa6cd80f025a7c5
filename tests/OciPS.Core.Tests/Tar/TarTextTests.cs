// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.Tar;

namespace OciPS.Core.Tests.Tar;

public sealed class TarTextTests
{
    [Fact]
    public void Decode_AnyBytes_ComeBackAsTheyWere()
    {
        for (int seed = 0; seed < 2000; seed++)
        {
            byte[] bytes = Sample.Noise(1 + (seed % 12), seed);

            Assert.Equal(bytes, TarText.Encode(TarText.Decode(bytes)));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("61")]
    [InlineData("C3A4")]
    [InlineData("F09F9880")]
    [InlineData("FF")]
    [InlineData("80")]
    [InlineData("C3")]
    [InlineData("C380")]
    [InlineData("E282")]
    [InlineData("F09F98")]
    [InlineData("EDB280")]
    [InlineData("EDA080EDB080")]
    [InlineData("F4908080")]
    [InlineData("F09F9880FFF09F9880")]
    [InlineData("FF80C3A4FE")]
    [InlineData("C080")]
    public void Decode_OddBytes_ComeBackAsTheyWere(string hex) =>
        Assert.Equal(hex, Convert.ToHexString(TarText.Encode(TarText.Decode(Convert.FromHexString(hex)))));

    [Fact]
    public void Decode_BytesThatAreNotUtf8_AreLoneSurrogatesAsInPython()
    {
        Assert.Equal("a\uDCFFä\uDCC3", TarText.Decode([(byte)'a', 0xFF, 0xC3, 0xA4, 0xC3]));
        Assert.Equal("größe 😀", TarText.Decode("größe 😀"u8));
    }
}
