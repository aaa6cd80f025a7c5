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

    /// <summary>How many seconds something takes; what was left to be written before is on the disk by then.</summary>
    public static async Task<double> TimeAsync(Func<Task> work)
    {
        await SettleAsync();
        long start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // Some of what is compared waits for the disk (docker-registry does at the end of an upload), and would wait for others' bytes too.
    private static async Task SettleAsync()
    {
        if (!OperatingSystem.IsWindows())
        {
            using Process sync = Process.Start("sync");
            await sync.WaitForExitAsync();
        }
    }
}

/// <summary>What several rounds measured.</summary>
internal sealed class Rounds<T>(IReadOnlyList<T> results)
{
    public double Median(Func<T, double> value) => results.Select(value).Order().ElementAt(results.Count / 2);

    public double Lowest(Func<T, double> value) => results.Min(value);

    public double Highest(Func<T, double> value) => results.Max(value);
}
