// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.IO.Hashing;
using OciPS.References;

namespace OciPS.Core.Tests.IO.Hashing;

public sealed class DigestStreamTests
{
    private static readonly byte[] s_content = Sample.Noise(2_000_000);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Finish_AllWasRead_IsItsDigest(bool async)
    {
        using var stream = new DigestStream(new MemoryStream(s_content));

        Reading reading = await Reading.OfAsync(stream, async);

        Assert.Equal(s_content, reading.Bytes);
        Assert.Equal(s_content.Length, stream.BytesRead);
        Assert.Equal(Digest.FromBytes(s_content), await stream.FinishAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Finish_PartWasRead_IsThatPartsDigest()
    {
        using var stream = new DigestStream(new MemoryStream(s_content));
        stream.ReadExactly(new byte[777]);

        Assert.Equal(777, stream.BytesRead);
        Assert.Equal(Digest.FromBytes(s_content.AsSpan(0, 777)), await stream.FinishAsync(CancellationToken.None));
    }
}
