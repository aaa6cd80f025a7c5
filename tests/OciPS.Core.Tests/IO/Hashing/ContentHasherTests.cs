// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.IO;
using OciPS.IO.Hashing;
using OciPS.References;

namespace OciPS.Core.Tests.IO.Hashing;

public sealed class ContentHasherTests
{
    private static readonly byte[] s_content = Sample.Noise(2_000_000);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Finish_AllWasRead_IsItsDigest(bool async)
    {
        using var hasher = new ContentHasher();
        using var stream = new TapStream(new MemoryStream(s_content), hasher);

        Reading reading = await Reading.FromAsync(stream, async);

        Assert.Equal(s_content, reading.Bytes);
        Assert.Equal(s_content.Length, hasher.BytesWritten);
        Assert.Equal(Digest.FromBytes(s_content), (await hasher.FinishAsync(CancellationToken.None)).Digest);
    }

    [Fact]
    public async Task Finish_PartWasRead_IsThatPartsDigest()
    {
        using var hasher = new ContentHasher();
        using var stream = new TapStream(new MemoryStream(s_content), hasher);
        stream.ReadExactly(new byte[777]);

        Assert.Equal(777, hasher.BytesWritten);
        Assert.Equal(Digest.FromBytes(s_content.AsSpan(0, 777)), (await hasher.FinishAsync(CancellationToken.None)).Digest);
    }
}
