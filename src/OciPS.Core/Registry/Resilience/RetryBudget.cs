// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace OciPS.Registry.Resilience;

/// <summary>
/// The time that may be spent waiting for registries, for all requests of a piece of work together: between requests, and for answers that
/// did not come.
/// </summary>
internal sealed class RetryBudget(TimeSpan time)
{
    private static readonly ConditionalWeakTable<IOperationLog, RetryBudget> s_operations = [];

    private readonly object _lock = new();
    private TimeSpan _left = time;
    private long _spentUntil;

    /// <summary>The budget of an operation: whatever it opens tells the same log.</summary>
    public static RetryBudget For(IOperationLog log) => s_operations.GetValue(log, static _ => new RetryBudget(RetrySettings.Budget));

    /// <summary>Begins with a budget of its own for what an operation does next.</summary>
    public static void Renew(IOperationLog log) => s_operations.AddOrUpdate(log, new RetryBudget(RetrySettings.Budget));

    /// <summary>A silence that ends now.</summary>
    public static (long From, long Until) GetSilence(TimeSpan duration)
    {
        long now = Stopwatch.GetTimestamp();
        return (now - (long)(duration.TotalSeconds * Stopwatch.Frequency), now);
    }

    /// <summary>Takes a wait out of the budget; false if there is not enough left.</summary>
    public bool TryTake(TimeSpan wait)
    {
        lock (_lock)
        {
            bool isEnough = wait <= RetrySettings.LongestWait && wait <= _left;
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
                _left -= Stopwatch.GetElapsedTime(from, until);
                _spentUntil = until;
            }
        }
    }
}
