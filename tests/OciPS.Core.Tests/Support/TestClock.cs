// SPDX-License-Identifier: MIT

using Microsoft.Extensions.Time.Testing;

namespace OciPS.Core.Tests.Support;

/// <summary>
/// A fake clock for tests with real transfers. A wait between requests is over at once; a time-out comes when a test lets time pass.
/// </summary>
internal sealed class TestClock() : FakeTimeProvider(s_begin)
{
    private static readonly DateTimeOffset s_begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(500);

    // Long enough for the other side to come to where it waits, on a busy machine too.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    /// <summary>How much time has passed.</summary>
    public TimeSpan Passed => GetUtcNow() - s_begin;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime <= s_longestWait)
        {
            ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        }

        return timer;
    }

    /// <summary>Lets time pass, step by step.</summary>
    public async Task PassAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        for (TimeSpan left = time; left > TimeSpan.Zero; left -= s_step)
        {
            await Task.Delay(s_pause, cancellationToken);
            Advance(left < s_step ? left : s_step);
        }
    }
}
