// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.IO;

namespace OciPS.Core.Tests.IO;

public sealed class ReadBufferStreamTests
{
    private static readonly byte[] s_content = Sample.Noise(700_000);

    [Theory]
    [InlineData(false, 100)]
    [InlineData(true, 100)]
    [InlineData(false, 262_143)]
    [InlineData(true, 262_144)]
    [InlineData(false, 600_000)]
    [InlineData(true, 600_000)]
    public async Task Read_AfterPeeking_IsAllOfIt(bool async, int bufferSize)
    {
        foreach (Stream source in new Stream[] { new MemoryStream(s_content), new OneByteStream(s_content) })
        {
            using var stream = new ReadBufferStream(source);

            ReadOnlyMemory<byte> first = await stream.PeekAsync(6, CancellationToken.None);
            Assert.Equal(s_content[..6], first.ToArray());
            Reading reading = await Reading.FromAsync(stream, async, bufferSize);

            Assert.Equal(Sample.Hash(s_content), Sample.Hash(reading.Bytes));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(6)]
    public async Task PeekAsync_FewBytes_ShowsThose(int length)
    {
        using var stream = new ReadBufferStream(new OneByteStream(s_content.AsMemory(0, length)));

        ReadOnlyMemory<byte> first = await stream.PeekAsync(6, CancellationToken.None);

        Assert.Equal(s_content[..length], first.ToArray());
        Assert.Equal(s_content[..length], (await Reading.FromAsync(stream)).Bytes);
    }

    [Fact]
    public void Dispose_TheStream_DisposesTheSource()
    {
        var source = new MemoryStream();

        new ReadBufferStream(source).Dispose();

        Assert.False(source.CanRead);
    }
}
