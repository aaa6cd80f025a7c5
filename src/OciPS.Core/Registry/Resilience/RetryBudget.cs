// SPDX-License-Identifier: MIT

namespace OciPS.Registry.Resilience;

/// <summary>
/// The time that an operation may spend waiting for registries, for all its requests together: between retries, and for missing responses.
/// </summary>
/// <param name="total">The total time.</param>
/// <param name="longestWait">The longest single wait.</param>
/// <param name="clock">The clock.</param>
internal sealed class RetryBudget(TimeSpan total, TimeSpan longestWait, TimeProvider clock)
{
    private readonly object _lock = new();
    private TimeSpan _left = total;
    private long _spentUntil;

    /// <summary>The interval of a silence that ends now, in timestamps of a clock.</summary>
    public static (long From, long Until) GetSilence(TimeProvider clock, TimeSpan duration)
    {
        long now = clock.GetTimestamp();
        return (now - (long)(duration.TotalSeconds * clock.TimestampFrequency), now);
    }

    /// <summary>Takes a wait from the budget; false if not enough is left.</summary>
    public bool TryTake(TimeSpan wait)
    {
        lock (_lock)
        {
            bool isEnough = wait <= longestWait && wait <= _left;
            _left -= isEnough ? wait : TimeSpan.Zero;
            return isEnough;
        }
    }

    /// <summary>Takes a silence from the budget; concurrent silences count once.</summary>
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
