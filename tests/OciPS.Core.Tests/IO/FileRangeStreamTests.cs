// SPDX-License-Identifier: MIT

using Microsoft.Win32.SafeHandles;
using OciPS.Core.Tests.Support;
using OciPS.IO;

namespace OciPS.Core.Tests.IO;

public sealed class FileRangeStreamTests : IDisposable
{
    private static readonly byte[] s_content = Sample.Noise(10_000);

    private readonly TemporaryFolder _folder = new();
    private readonly SafeFileHandle _file;

    public FileRangeStreamTests() => _file = File.OpenHandle(_folder.Write("file", s_content));

    public void Dispose()
    {
        _file.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0, 10_000, false, 4096)]
    [InlineData(0, 10_000, true, 4096)]
    [InlineData(1234, 5678, false, 1)]
    [InlineData(1234, 5678, true, 99_999)]
    [InlineData(9_999, 1, true, 10)]
    [InlineData(10_000, 0, false, 10)]
    public async Task Read_ARange_IsThatRange(int offset, int length, bool async, int bufferSize)
    {
        using var stream = new FileRangeStream(_file, offset, length);

        Reading reading = await Reading.FromAsync(stream, async, bufferSize);

        Assert.Equal(length, stream.Length);
        Assert.Null(reading.Error);
        Assert.Equal(s_content[offset..(offset + length)], reading.Bytes);
    }

    [Fact]
    public async Task TrySkip_WithinTheRange_PassesOverIt()
    {
        using var stream = new FileRangeStream(_file, 100, 1000);
        stream.ReadExactly(new byte[50]);

        Assert.True(stream.TrySkip(250));
        Assert.False(stream.TrySkip(701));
        Assert.True(stream.TrySkip(0));

        Assert.Equal(s_content[400..1100], (await Reading.FromAsync(stream)).Bytes);
    }

    [Fact]
    public void TrySkip_ToItsEnd_LeavesNothing()
    {
        using var stream = new FileRangeStream(_file, 100, 1000);

        Assert.True(stream.TrySkip(1000));

        Assert.Equal(0, stream.Read(new byte[10]));
        Assert.False(stream.TrySkip(1));
    }

    [Fact]
    public void Dispose_AnOwner_IsDisposedAndTheFileIsNot()
    {
        var owner = new MemoryStream();

        new FileRangeStream(_file, 0, 10, owner).Dispose();
        new FileRangeStream(_file, 0, 10).Dispose();

        Assert.False(owner.CanRead);
        Assert.False(_file.IsClosed);
    }
}
