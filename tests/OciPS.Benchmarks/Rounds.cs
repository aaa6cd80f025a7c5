// SPDX-License-Identifier: MIT

using System.Diagnostics;

namespace OciPS.Benchmarks;

/// <summary>Measures in rounds: what is compared is done in turn, so that it meets the same machine.</summary>
internal static class Rounds
{
    /// <summary>How many rounds count; one before them, to warm up, does not.</summary>
    public const int Count = 5;

    public static async Task<Rounds<T>> RunAsync<T>(Func<int, Task<T>> measure)
    {
        var results = new List<T>();
        for (int round = 0; round <= Count; round++)
        {
            T result = await measure(round);
            if (round > 0)
            {
                results.Add(result);
            }
        }

        return new Rounds<T>(results);
    }

    /// <summary>How many seconds something takes.</summary>
    public static async Task<double> TimeAsync(Func<Task> work)
    {
        long start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}

/// <summary>What several rounds measured.</summary>
internal sealed class Rounds<T>(IReadOnlyList<T> results)
{
    public double Median(Func<T, double> value) => results.Select(value).Order().ElementAt(results.Count / 2);

    public double Lowest(Func<T, double> value) => results.Min(value);

    public double Highest(Func<T, double> value) => results.Max(value);
}
