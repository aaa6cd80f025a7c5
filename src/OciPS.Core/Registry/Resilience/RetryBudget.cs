// SPDX-License-Identifier: MIT

using System.Runtime.CompilerServices;

namespace OciPS.Registry.Resilience;

/// <summary>The time that may be spent waiting for registries, for all requests of a piece of work together.</summary>
internal sealed class RetryBudget(TimeSpan time)
{
    private static readonly ConditionalWeakTable<IOperationLog, RetryBudget> s_operations = [];

    private long _left = time.Ticks;

    /// <summary>The budget of an operation: whatever it opens tells the same log.</summary>
    public static RetryBudget Of(IOperationLog log) => s_operations.GetValue(log, static _ => new RetryBudget(RetrySettings.Budget));

    /// <summary>Begins with a budget of its own for what an operation does next.</summary>
    public static void Renew(IOperationLog log) => s_operations.AddOrUpdate(log, new RetryBudget(RetrySettings.Budget));

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
