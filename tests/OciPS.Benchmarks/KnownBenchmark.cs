// SPDX-License-Identifier: MIT

using System.Globalization;
using OciPS.Files;

namespace OciPS.Benchmarks;

/// <summary>
/// Listing an image in a registry and reading one file out of it, the first time and again: time, and bytes of layers that were fetched.
/// </summary>
internal static class KnownBenchmark
{
    private const string File = "etc/passwd";

    public static async Task RunAsync(string folder, BenchmarkTable table)
    {
        if (!Peers.AreThere("what is known", "docker-registry"))
        {
            return;
        }

        SystemImage image = await SystemImage.CreateAsync(folder);
        using LocalRegistry registry = await LocalRegistry.StartAsync(folder);
        string reference = $"{registry.Host}/bench/known:1";
        await Jobs.CopyAsync(image.Reference, reference);
        string cache = Path.Combine(folder, "known");
        await CompareAsync("list all files in a registry a second time", null);
        await CompareAsync("read one file in a registry a second time", ReadAsync);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"what is kept: {new DirectoryInfo(cache).GetFiles().Sum(file => file.Length) / 1e6:0.00} MB"));

        async Task CompareAsync(string job, Func<ImageFile, Task>? work)
        {
            Rounds<(Measure First, Measure Again)> rounds = await Rounds.RunAsync(async _ => (
                await MeasureAsync(reference, work, "off"), await MeasureAsync(reference, work, cache)));
            table.Add(job, "the first time", null, rounds, round => round.Again.Seconds / round.First.Seconds);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"bytes of layers fetched: {rounds.Median(round => round.First.Bytes) / 1e6:0.0} MB, and "
                    + $"{rounds.Median(round => round.Again.Bytes) / 1e6:0.0} MB"));
        }
    }

    private static async Task<Measure> MeasureAsync(string reference, Func<ImageFile, Task>? work, string cache)
    {
        Environment.SetEnvironmentVariable("OCIPS_LAYER_CACHE", cache);
        var log = new CountingLog();
        double seconds = await Rounds.TimeAsync(() => Jobs.ListAsync(reference, work, log));
        Environment.SetEnvironmentVariable("OCIPS_LAYER_CACHE", "off");
        return new Measure(seconds, log.Bytes);
    }

    private static async Task ReadAsync(ImageFile file)
    {
        if (file.Entry.Name == File)
        {
            await using Stream content = await file.OpenAsync(CancellationToken.None);
            await content.CopyToAsync(Stream.Null);
        }
    }

    private readonly record struct Measure(double Seconds, long Bytes);

    /// <summary>Counts what transfers tell.</summary>
    private sealed class CountingLog : IOperationLog
    {
        private long _bytes;

        public long Bytes => Interlocked.Read(ref _bytes);

        public void Verbose(string message)
        {
        }

        public void Warning(string message)
        {
        }

        public void Debug(string message)
        {
        }

        public ITransferLog Begin(string item, long total) => new Transfer(this);

        private sealed class Transfer(CountingLog log) : ITransferLog
        {
            private long _done;

            public void Report(long done) => Interlocked.Add(ref log._bytes, done - Interlocked.Exchange(ref _done, done));

            public void Dispose()
            {
            }
        }
    }
}
