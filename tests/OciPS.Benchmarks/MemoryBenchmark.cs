// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.Reflection;

namespace OciPS.Benchmarks;

/// <summary>The shell's peak memory while it lists and filters layers of 100 MB and of 4 GB.</summary>
internal static class MemoryBenchmark
{
    public static async Task RunAsync(string folder, BenchmarkTable table)
    {
        string small = await BenchmarkImage.CreateAsync(folder, 100);
        string large = await BenchmarkImage.CreateAsync(folder, 4000);
        Console.WriteLine($"peak memory of the shell, the engine alone: {Measure("1"):0} MB");
        Add("Get-OciImageFile", $"Get-OciImageFile {small} -Path *.key", $"Get-OciImageFile {large} -Path *.key");
        Add("Remove-OciImageFile", Remove(small, folder), Remove(large, folder));

        void Add(string cmdlet, string smallCommand, string largeCommand)
        {
            double least = Measure(smallCommand);
            double most = Measure(largeCommand);
            table.Add(
                $"peak memory of `{cmdlet}`, 4 GB layer", "the same with a 100 MB layer", 1.2, most / least, $"{least:0} and {most:0} MB");
        }
    }

    private static string Remove(string image, string folder) =>
        $"Remove-OciImageFile {image} -Path *.key -Destination oci:{Path.Combine(folder, "out-" + Guid.NewGuid().ToString("N"))}:1";

    private static double Measure(string command)
    {
        string shell = typeof(MemoryBenchmark).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(item => item.Key == "Shell").Value!;
        using Process process = Process.Start(
            new ProcessStartInfo("dotnet", [shell, "-NoProfile", "-Command", command]) { RedirectStandardOutput = true })!;
        long peak = 0;
        _ = process.StandardOutput.ReadToEndAsync();
        while (!process.WaitForExit(20))
        {
            peak = Math.Max(peak, GetPeak(process));
        }

        return process.ExitCode == 0 ? peak / 1e6 : throw new InvalidOperationException($"'{command}' failed.");
    }

    private static long GetPeak(Process process)
    {
        try
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
        catch (InvalidOperationException)
        {
            // It ended in this moment.
            return 0;
        }
    }
}
