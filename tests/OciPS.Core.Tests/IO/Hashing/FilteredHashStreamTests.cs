// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.IO.Hashing;
using OciPS.References;
using Crc32 = System.IO.Hashing.Crc32;

namespace OciPS.Core.Tests.IO.Hashing;

public sealed class FilteredHashStreamTests
{
    private static readonly byte[] s_content = Sample.Noise(1_000_000);

    // Ranges as entries lie: one behind the other, with a gap before the first and behind the last.
    private static readonly (int Start, int End, bool Goes)[] s_ranges =
    [
        (1024, 2048, false),
        (2048, 2560, true),
        (2560, 3072, true),
        (3072, 400_000, false),
        (400_000, 700_000, true),
        (700_000, 700_512, false),
        (990_000, 995_000, true),
    ];

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(512, false)]
    [InlineData(512, true)]
    [InlineData(100_000, false)]
    [InlineData(100_000, true)]
    public async Task Finish_SomeRangesGo_SpeaksOfTheRest(int piece, bool async)
    {
        byte[] expected = [.. s_content[..2048], .. s_content[3072..400_000], .. s_content[700_000..990_000], .. s_content[995_000..]];
        using var stream = new FilteredHashStream(new MemoryStream(s_content), isDecided: false);

        foreach ((int start, int end, bool goes) in s_ranges)
        {
            // A header has to be read before anybody can decide.
            await ReadAsync(stream, start + 512, piece, async);
            await stream.DecideAsync(start, end, goes, CancellationToken.None);
        }

        await ReadAsync(stream, s_content.Length, piece, async);

        Assert.Equal(
            new ContentDigests(Digest.FromBytes(expected), Crc32.HashToUInt32(expected), expected.Length),
            await stream.FinishAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Finish_AllIsDecided_SpeaksOfAll(bool async)
    {
        using var stream = new FilteredHashStream(new MemoryStream(s_content), isDecided: true);

        Reading reading = await Reading.FromAsync(stream, async);

        Assert.Equal(s_content, reading.Bytes);
        Assert.Equal(s_content.Length, stream.BytesRead);
        Assert.Equal(
            new ContentDigests(Digest.FromBytes(s_content), Crc32.HashToUInt32(s_content), s_content.Length),
            await stream.FinishAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Finish_NothingWasDecided_AllStays()
    {
        using var stream = new FilteredHashStream(new MemoryStream(s_content), isDecided: false);
        await stream.CopyToAsync(Stream.Null);

        Assert.Equal(Digest.FromBytes(s_content), (await stream.FinishAsync(CancellationToken.None)).Digest);
    }

    /// <summary>Reads on up to a position at least, perhaps ahead of it.</summary>
    private static async Task ReadAsync(FilteredHashStream stream, int position, int piece, bool async)
    {
        byte[] buffer = new byte[piece];
        int count = 1;
        while (stream.BytesRead < position && count > 0)
        {
#pragma warning disable CA1849 // That is what is tested.
            count = async ? await stream.ReadAsync(buffer) : stream.Read(buffer);
#pragma warning restore CA1849
        }
    }
}
