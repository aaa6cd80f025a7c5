// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.Globalization;

namespace OciPS.Benchmarks;

/// <summary>What several rounds measured; one before them, to warm up, does not count.</summary>
internal sealed class Rounds<T>
{
    private readonly List<T> _results = [];

    public static async Task<Rounds<T>> RunAsync(int count, Func<Task<T>> measure)
    {
        var rounds = new Rounds<T>();
        await measure();
        for (int round = 0; round < count; round++)
        {
            rounds._results.Add(await measure());
        }

        return rounds;
    }

    public static async Task<double> TimeAsync(Func<Task> work)
    {
        long start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public double Median(Func<T, double> value) => Sorted(value)[_results.Count / 2];

    public string Describe(Func<T, double> value)
    {
        double[] sorted = Sorted(value);
        return string.Create(CultureInfo.InvariantCulture, $"{sorted[_results.Count / 2]:0.00} (median of {_results.Count} rounds, {sorted[0]:0.00} to {sorted[^1]:0.00})");
    }

    private double[] Sorted(Func<T, double> value) => [.. _results.Select(value).Order()];
}
