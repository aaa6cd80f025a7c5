// SPDX-License-Identifier: MIT

using System.Globalization;
using System.Runtime.InteropServices;

namespace OciPS.Benchmarks;

/// <summary>What was measured, as a table in Markdown: each job beside another one, and the ratio of the two.</summary>
internal sealed class BenchmarkTable
{
    private readonly List<string> _rows = [];

    /// <summary>Adds a ratio that was measured in several rounds.</summary>
    /// <param name="job">What we did.</param>
    /// <param name="beside">What was done beside it.</param>
    /// <param name="most">What the ratio is to be at most; null where nothing is to be reached.</param>
    /// <param name="rounds">The rounds.</param>
    /// <param name="ratio">The ratio of a round.</param>
    public void Add<T>(string job, string beside, double? most, Rounds<T> rounds, Func<T, double> ratio) =>
        Add(job, beside, most, rounds.Median(ratio), $"{Number(rounds.Lowest(ratio))} to {Number(rounds.Highest(ratio))}");

    /// <inheritdoc cref="Add{T}"/>
    public void Add(string job, string beside, double? most, double ratio, string range)
    {
        string row = $"| {job} | {beside} | {(most is { } bound ? Number(bound) : string.Empty)} | {Number(ratio)} | {range} |";
        Console.WriteLine(row);
        _rows.Add(row);
    }

    /// <summary>Prints all rows.</summary>
    public void Print()
    {
        if (_rows.Count == 0)
        {
            return;
        }

        Console.WriteLine();
        Console.WriteLine(
            $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}; medians "
                + $"of {Rounds.Count} rounds, after one to warm up");
        Console.WriteLine();
        Console.WriteLine("| job | beside it | at most | median | lowest to highest |");
        Console.WriteLine("|---|---|---|---|---|");
        _rows.ForEach(Console.WriteLine);
    }

    private static string Number(double ratio) => ratio.ToString(ratio < 0.1 ? "0.000" : "0.00", CultureInfo.InvariantCulture);
}
