// SPDX-License-Identifier: MIT

namespace OciPS.Registry.Resilience;

/// <summary>The time that may be spent waiting for a registry, for all requests of a piece of work together.</summary>
internal sealed class RetryBudget
{
    private long _left = RetrySettings.Budget.Ticks;

    /// <summary>Takes a wait out of the budget; false if there is not enough left.</summary>
    public bool TryTake(TimeSpan wait)
    {
        long left = Interlocked.Read(ref _left);
        while (wait <= RetrySettings.LongestWait && wait.Ticks <= left)
        {
            long before = Interlocked.CompareExchange(ref _left, left - wait.Ticks, left);
            if (before == left)
            {
                return true;
            }

            left = before;
        }

        return false;
    }
}
