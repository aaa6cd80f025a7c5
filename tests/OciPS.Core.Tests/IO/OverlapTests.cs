// SPDX-License-Identifier: MIT

using OciPS.Core.Tests.Support;
using OciPS.IO;

namespace OciPS.Core.Tests.IO;

/// <summary>Streams that work on another thread hand over every byte in its order, and every error; and leave nothing running.</summary>
public sealed class OverlapTests
{
    private static readonly byte[] s_content = Sample.Noise(3_000_001);

    [Theory]
    [InlineData(false, 1000)]
    [InlineData(true, 1000)]
    [InlineData(false, 1_000_000)]
    [InlineData(true, 1_000_000)]
    public async Task ReadAhead_AnyBuffer_IsTheSource(bool async, int bufferSize)
    {
        using var stream = new ReadAheadStream(new MemoryStream(s_content));

        Reading reading = await Reading.FromAsync(stream, async, bufferSize);

        Assert.Null(reading.Error);
        Assert.Equal(Sample.Hash(s_content), Sample.Hash(reading.Bytes));
        Assert.Equal(0, stream.Read(new byte[10]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReadAhead_SourceFails_GivesWhatCameBeforeAndThenTheError(bool async)
    {
        using var stream = new ReadAheadStream(new PrefixedStream(s_content, new BrokenStream()));

        Reading reading = await Reading.FromAsync(stream, async);

        Assert.Equal("gone", Assert.IsType<IOException>(reading.Error).Message);
        Assert.Equal(Sample.Hash(s_content), Sample.Hash(reading.Bytes));
        Assert.Throws<IOException>(() => stream.Read(new byte[10]));
    }

    [Fact]
    public void ReadAhead_DisposedInTheMiddle_DisposesTheSource()
    {
        var source = new MemoryStream(s_content);
        var stream = new ReadAheadStream(source);
        stream.ReadExactly(new byte[10]);

        stream.Dispose();
        stream.Dispose();

        Assert.False(source.CanRead);
    }

    [Fact]
    public async Task ReadAhead_Cancelled_Throws()
    {
        using var stop = new CancellationTokenSource();
        using var stream = new ReadAheadStream(new HangingStream());

        ValueTask<int> read = stream.ReadAsync(new byte[10], stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await read);
    }

    [Theory]
    [InlineData(false, 1000)]
    [InlineData(true, 1000)]
    [InlineData(false, 1_000_000)]
    [InlineData(true, 1_000_000)]
    [InlineData(true, 3_000_001)]
    public async Task WriteBehind_AnyPieces_AllArriveInOrder(bool async, int piece)
    {
        using var arrived = new MemoryStream();
        using var stream = new WriteBehindStream((bytes, token) => arrived.WriteAsync(bytes, token));

        for (int at = 0; at < s_content.Length; at += piece)
        {
            Memory<byte> bytes = s_content.AsMemory(at, Math.Min(piece, s_content.Length - at));
            if (async)
            {
                await stream.WriteAsync(bytes);
            }
            else
            {
                stream.Write(bytes.Span);
            }
        }

        await stream.FinishAsync(CancellationToken.None);
        Assert.Equal(Sample.Hash(s_content), Sample.Hash(arrived.ToArray()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(1000)]
    public async Task WriteBehind_ConsumerFails_ThrowsItsErrorInTheEnd(int pieces)
    {
        using var stream = new WriteBehindStream((_, _) => throw new IOException("gone"));

        Task write = Task.Run(async () =>
        {
            for (int i = 0; i < pieces; i++)
            {
                await stream.WriteAsync(s_content.AsMemory(0, 50_000));
            }

            await stream.FinishAsync(CancellationToken.None);
        });

        Assert.Equal("gone", (await Assert.ThrowsAsync<IOException>(() => write.WaitAsync(TimeSpan.FromSeconds(30)))).Message);
    }

    [Fact]
    public async Task WriteBehind_DisposedWhileTheConsumerHangs_StopsIt()
    {
        var stream = new WriteBehindStream(async (_, token) => await Task.Delay(Timeout.Infinite, token));
        await stream.WriteAsync(s_content.AsMemory(0, 300_000));

        await Task.Run(stream.Dispose).WaitAsync(TimeSpan.FromSeconds(30));
    }

    private sealed class BrokenStream : ForwardStream
    {
        public override int Read(Span<byte> buffer) => throw new IOException("gone");

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("gone");
    }

    private sealed class HangingStream : ForwardStream
    {
        public override int Read(Span<byte> buffer) => throw new NotSupportedException();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}
