// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.IO;

namespace OciPS.Core.Tests.IO;

public sealed class PrefixedStreamTests
{
    [Theory]
    [InlineData("", "", "")]
    [InlineData("abc", "", "")]
    [InlineData("", "abc", "")]
    [InlineData("", "", "abc")]
    [InlineData("abc", "defg", "hij")]
    [InlineData("a", "", "b")]
    public async Task Read_AllParts_ComeInTheirOrder(string prefix, string inner, string suffix)
    {
        foreach (bool async in new[] { true, false })
        {
            foreach (int bufferSize in new[] { 1, 2, 100 })
            {
                using var stream = new PrefixedStream(Json.Bytes(prefix), new OneByteStream(Json.Bytes(inner)), Json.Bytes(suffix));

                Reading reading = await Reading.FromAsync(stream, async, bufferSize);

                Assert.Equal(prefix + inner + suffix, Json.Text(reading.Bytes));
                Assert.Equal(0, stream.Read(new byte[10]));
            }
        }
    }

    [Fact]
    public async Task Read_NothingAskedFor_IsNotTheEndOfTheInnerStream()
    {
        using var stream = new PrefixedStream(default, new MemoryStream(Json.Bytes("inner")), Json.Bytes("suffix"));

        Assert.Equal(0, stream.Read([]));
        Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty));

        Assert.Equal("innersuffix", Json.Text((await Reading.FromAsync(stream)).Bytes));
    }

    [Fact]
    public void Dispose_TheStream_DisposesTheInnerOne()
    {
        var inner = new MemoryStream();

        new PrefixedStream(default, inner).Dispose();

        Assert.False(inner.CanRead);
    }
}
