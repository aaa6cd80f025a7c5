// SPDX-License-Identifier: MIT

using OciPS.Registry.Resilience;

namespace OciPS.Core.Tests.Registry.Resilience;

public sealed class HostThrottleTests
{
    private readonly HostThrottle _throttle = new();

    [Fact]
    public void SlowDown_EachTime_HalvesButNeverBelowOne()
    {
        var limits = new List<int>();
        for (int count = 0; count < 6; count++)
        {
            limits.Add(_throttle.Limit);
            _throttle.SlowDown();
        }

        Assert.Equal([16, 8, 4, 2, 1, 1], limits);
    }

    [Fact]
    public void SpeedUp_AfterSlowDown_RecoversByAboutOneARound()
    {
        _throttle.SlowDown();
        for (int count = 0; count < 9; count++)
        {
            _throttle.SpeedUp();
        }

        Assert.Equal(9, _throttle.Limit);
        for (int count = 0; count < 1000; count++)
        {
            _throttle.SpeedUp();
        }

        Assert.Equal(16, _throttle.Limit);
    }

    [Fact]
    public async Task Enter_AllTurnsTaken_WaitsForOneToEnd()
    {
        SlowToOne();
        IDisposable first = await _throttle.EnterAsync(CancellationToken.None);
        Task<IDisposable> second = _throttle.EnterAsync(CancellationToken.None);
        Task<IDisposable> third = _throttle.EnterAsync(CancellationToken.None);
        Assert.False(second.IsCompleted);

        first.Dispose();
        // Ended twice, it gives one turn.
        first.Dispose();

        (await second.WaitAsync(TimeSpan.FromSeconds(5))).Dispose();
        (await third.WaitAsync(TimeSpan.FromSeconds(5))).Dispose();
    }

    [Fact]
    public async Task Enter_OneTurn_IsNotGivenTwice()
    {
        SlowToOne();
        IDisposable first = await _throttle.EnterAsync(CancellationToken.None);
        Task<IDisposable> second = _throttle.EnterAsync(CancellationToken.None);
        Task<IDisposable> third = _throttle.EnterAsync(CancellationToken.None);

        first.Dispose();
        await second.WaitAsync(TimeSpan.FromSeconds(5));
        await Task.Delay(20);

        Assert.False(third.IsCompleted);
    }

    [Fact]
    public async Task Enter_CancelledWhileWaiting_TakesNoTurn()
    {
        SlowToOne();
        IDisposable first = await _throttle.EnterAsync(CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        Task<IDisposable> given = _throttle.EnterAsync(cancel.Token);
        Task<IDisposable> next = _throttle.EnterAsync(CancellationToken.None);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        first.Dispose();

        (await next.WaitAsync(TimeSpan.FromSeconds(5))).Dispose();
        (await _throttle.EnterAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(5))).Dispose();
    }

    [Fact]
    public async Task SlowDown_WhileManyRun_LetsNoneInUntilFewEnough()
    {
        IDisposable[] running = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => _throttle.EnterAsync(CancellationToken.None)));
        SlowToOne();
        Task<IDisposable> next = _throttle.EnterAsync(CancellationToken.None);
        foreach (IDisposable turn in running[1..])
        {
            turn.Dispose();
        }

        await Task.Delay(20);
        Assert.False(next.IsCompleted);
        running[0].Dispose();
        await next.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Enter_ManyAtOnceWithCancellations_NeverMoreThanTheLimitAndAllEnd()
    {
        _throttle.SlowDown();
        _throttle.SlowDown();
        int running = 0, most = 0;
        var random = new Random(1);
        int[] limits = Enumerable.Range(0, 500).Select(_ => random.Next(0, 20)).ToArray();

        await Task.WhenAll(limits.Select(async limit =>
        {
            using var cancel = new CancellationTokenSource(limit < 5 ? TimeSpan.FromMilliseconds(limit) : TimeSpan.FromMinutes(1));
            try
            {
                using IDisposable turn = await _throttle.EnterAsync(cancel.Token);
                int now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                await Task.Delay(1);
                Interlocked.Decrement(ref running);
            }
            catch (OperationCanceledException)
            {
                // Given up while it waited.
            }
        })).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.InRange(most, 1, 4);
    }

    private static void InterlockedMax(ref int most, int now)
    {
        int seen;
        while (now > (seen = Volatile.Read(ref most)) && Interlocked.CompareExchange(ref most, now, seen) != seen)
        {
        }
    }

    private void SlowToOne()
    {
        for (int count = 0; count < 4; count++)
        {
            _throttle.SlowDown();
        }
    }
}
