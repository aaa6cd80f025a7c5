// SPDX-License-Identifier: MIT

namespace OciPS.Benchmarks;

/// <summary>
/// Listing all files of an image, beside .NET's GZipStream decompressing the same bytes, and beside Python; and a second look, when the
/// files are known.
/// </summary>
internal static class ListBenchmark
{
    public static async Task RunAsync(string folder, BenchmarkTable table)
    {
        const string Job = "list all files";
        SystemImage image = await SystemImage.CreateAsync(folder);
        Rounds<(double List, double First, double Second, double Inflate)> rounds = await Rounds.RunAsync(async round =>
        {
            double list = await Rounds.TimeAsync(() => Jobs.ListAsync(image.Reference));
            Environment.SetEnvironmentVariable("OCIPS_LAYER_CACHE", Path.Combine(folder, $"cache{round}"));
            double first = await Rounds.TimeAsync(() => Jobs.ListAsync(image.Reference));
            double second = await Rounds.TimeAsync(() => Jobs.ListAsync(image.Reference));
            Environment.SetEnvironmentVariable("OCIPS_LAYER_CACHE", "off");
            return (list, first, second, await Rounds.TimeAsync(() => Jobs.InflateAsync(image.Reference, threads: 1)));
        });
        table.Add(Job, "`GZipStream` decompressing the same bytes", 0.8, rounds, times => times.List / times.Inflate);
        table.Add("list all files, and remember them", "the same", null, rounds, times => times.First / times.Inflate);
        table.Add("list all files a second time", "the first time", 0.05, rounds, times => times.Second / times.First);

        if (Peers.AreThere(Job, "python3"))
        {
            Rounds<(double List, double Python)> python = await Rounds.RunAsync(async _ => (
                await Rounds.TimeAsync(() => Jobs.ListAsync(image.Reference)),
                await Rounds.TimeAsync(() => Peers.ListByPythonAsync(image.LayerPaths))));
            table.Add(Job, "Python's `tarfile`", null, python, times => times.List / times.Python);
        }
    }
}
