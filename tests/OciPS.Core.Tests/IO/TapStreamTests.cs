// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.IO;

namespace OciPS.Core.Tests.IO;

public sealed class TapStreamTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_AllOfIt_IsInTheSinkAsWell(bool async)
    {
        byte[] content = Sample.Noise(50_000);
        using SpoolFile spool = SpoolFile.Create();
        var source = new MemoryStream(content);
        Reading reading;
        using (var stream = new TapStream(source, new SpoolWriteStream(spool)))
        {
            reading = await Reading.FromAsync(stream, async, 999);
        }

        Assert.Equal(content, reading.Bytes);
        Assert.Equal(content, (await Reading.FromAsync(spool.OpenRead())).Bytes);
        Assert.False(source.CanRead);
    }
}
