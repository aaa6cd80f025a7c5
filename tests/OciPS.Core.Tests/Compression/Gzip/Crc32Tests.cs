// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.IO.Hashing;
using Library = System.IO.Hashing.Crc32;

namespace OciPS.Core.Tests.Compression.Gzip;

/// <summary>The check sum of gzip, beside that of a library.</summary>
public sealed class Crc32Tests
{
    private static readonly byte[] s_bytes = Sample.Noise(100_000);

    [Fact]
    public void Compute_TheUsualExample_IsItsCheckValue() => Assert.Equal(0xCBF43926, Crc32.Compute("123456789"u8));

    [Fact]
    public void Of_AnyLength_IsTheLibrarysSum()
    {
        for (int length = 0; length <= 600; length++)
        {
            Assert.Equal(Library.HashToUInt32(s_bytes.AsSpan(7, length)), Crc32.Compute(s_bytes.AsSpan(7, length)));
        }

        Assert.Equal(Library.HashToUInt32(s_bytes), Crc32.Compute(s_bytes));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1000)]
    public void Append_InPieces_IsTheSumOfTheWhole(int piece)
    {
        var crc = new Crc32();
        for (int at = 0; at < s_bytes.Length; at += piece)
        {
            crc.Append(s_bytes.AsSpan(at, Math.Min(piece, s_bytes.Length - at)));
        }

        Assert.Equal(Library.HashToUInt32(s_bytes), crc.Value);
    }

    [Fact]
    public void Reset_AfterSome_BeginsAnew()
    {
        var crc = new Crc32();
        crc.Append(s_bytes);
        crc.Reset();
        crc.Append(s_bytes.AsSpan(0, 100));

        Assert.Equal(Library.HashToUInt32(s_bytes.AsSpan(0, 100)), crc.Value);
    }
}
