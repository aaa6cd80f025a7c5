// SPDX-License-Identifier: MIT

namespace OciPS.Registry.Resilience;

/// <summary>
/// The time that an operation may spend waiting for registries, for all its requests together: between requests, and for answers that did
/// not come.
/// </summary>
/// <param name="total">The time in all.</param>
/// <param name="longestWait">The longest single wait.</param>
/// <param name="clock">The clock.</param>
internal sealed class RetryBudget(TimeSpan total, TimeSpan longestWait, TimeProvider clock)
{
    private readonly object _lock = new();
    private TimeSpan _left = total;
    private long _spentUntil;

    /// <summary>A silence of some duration that ends now, in timestamps of a clock.</summary>
    public static (long From, long Until) GetSilence(TimeProvider clock, TimeSpan duration)
    {
        long now = clock.GetTimestamp();
        return (now - (long)(duration.TotalSeconds * clock.TimestampFrequency), now);
    }

    /// <summary>Takes a wait out of the budget; false if there is not enough left.</summary>
    public bool TryTake(TimeSpan wait)
    {
        lock (_lock)
        {
            bool isEnough = wait <= longestWait && wait <= _left;
            _left -= isEnough ? wait : TimeSpan.Zero;
            return isEnough;
        }
    }

    /// <summary>Takes a silence out of the budget; what several requests waited for at once counts once.</summary>
    public void Spend(long from, long until)
    {
        lock (_lock)
        {
            from = Math.Max(from, _spentUntil);
            if (from < until)
            {
                _left -= clock.GetElapsedTime(from, until);
                _spentUntil = until;
            }
        }
    }
}
