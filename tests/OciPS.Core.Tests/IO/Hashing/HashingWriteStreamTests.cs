// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.IO.Hashing;
using OciPS.References;

namespace OciPS.Core.Tests.IO.Hashing;

public sealed class HashingWriteStreamTests
{
    private static readonly byte[] s_content = Sample.Noise(10_000);

    [Fact]
    public async Task Finish_EveryWayOfWriting_IsTheDigestOfAll()
    {
        using var output = new MemoryStream();
        using (var stream = new HashingWriteStream(output))
        {
            stream.Write(s_content.AsSpan(0, 1000));
            stream.Write(s_content, 1000, 1000);
            stream.WriteByte(s_content[2000]);
            await stream.WriteAsync(s_content.AsMemory(2001, 999));
#pragma warning disable CA1835 // This overload is what is tested.
            await stream.WriteAsync(s_content, 3000, 7000);
#pragma warning restore CA1835

            Assert.Equal(s_content.Length, stream.BytesWritten);
            Assert.Equal(Digest.FromBytes(s_content), stream.Finish());
        }

        Assert.True(output.CanWrite);
        Assert.Equal(s_content, output.ToArray());
    }
}
