// SPDX-License-Identifier: MIT

using OciPS.IO;

namespace OciPS.Core.Tests.IO;

public sealed class SingleWaiterSemaphoreTests
{
    [Fact]
    public async Task Wait_AsOftenAsItHas_DoesNotWait()
    {
        var semaphore = new SingleWaiterSemaphore(2);

        await semaphore.WaitAsync(CancellationToken.None);
        semaphore.Wait();
        ValueTask third = semaphore.WaitAsync(CancellationToken.None);

        Assert.False(third.IsCompleted);
        semaphore.Release();
        await third;
    }

    [Fact]
    public async Task Wait_Cancelled_EndsAndTakesNothing()
    {
        var semaphore = new SingleWaiterSemaphore(0);
        using var stop = new CancellationTokenSource();
        ValueTask waiting = semaphore.WaitAsync(stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await semaphore.WaitAsync(stop.Token));
        semaphore.Release();
        await semaphore.WaitAsync(CancellationToken.None);
    }

    [Fact]
    public void Wait_CancelledAndEndsAtOnce_GoesOnBeforeWhoCancels()
    {
        var semaphore = new SingleWaiterSemaphore(0);
        using var stop = new CancellationTokenSource();
        bool wentOn = false;
        async Task WaitAsync()
        {
            try
            {
                await semaphore.WaitAsync(stop.Token, endsAtOnce: true).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                wentOn = true;
            }
        }

        Task waiting = WaitAsync();
        stop.Cancel();

        Assert.True(wentOn);
        Assert.True(waiting.IsCompleted);
    }

    [Fact]
    public async Task Wait_CancelledAfterItPassed_NextOneWaitsOn()
    {
        var semaphore = new SingleWaiterSemaphore(0);
        using var stop = new CancellationTokenSource();
        ValueTask first = semaphore.WaitAsync(stop.Token);
        semaphore.Release();
        await first;

        ValueTask second = semaphore.WaitAsync(CancellationToken.None);
        await stop.CancelAsync();

        Assert.False(second.IsCompleted);
        semaphore.Release();
        await second;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Release_ManyTimesFromElsewhere_IsSeenAsOften(bool async)
    {
        const int Count = 20_000;
        var free = new SingleWaiterSemaphore(3);
        var filled = new SingleWaiterSemaphore(0);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        Task other = Task.Run(async () =>
        {
            for (int i = 0; i < Count; i++)
            {
                await filled.WaitAsync(stop.Token);
                free.Release();
            }
        });

        for (int i = 0; i < Count; i++)
        {
            if (async)
            {
                await free.WaitAsync(stop.Token);
            }
            else
            {
#pragma warning disable CA1849 // That is what is tested.
                free.Wait();
#pragma warning restore CA1849
            }

            filled.Release();
        }

        await other;
    }
}
