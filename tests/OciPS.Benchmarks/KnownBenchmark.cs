// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.Globalization;
using OciPS.Manifests;
using OciPS.Operations;
using OciPS.References;

namespace OciPS.Benchmarks;

/// <summary>Listing a layer in a registry and reading one file out of it, the first time and again: seconds, and bytes of the layer that were fetched.</summary>
internal static class KnownBenchmark
{
    private const int Rounds = 5;

    public static async Task RunAsync(string folder)
    {
        var source = ImageReference.Parse(await BenchmarkImage.CreateAsync(folder, 200));
        using LocalRegistry registry = await LocalRegistry.StartAsync(folder);
        var reference = ImageReference.Parse($"{registry.Host}/bench/known:1");
        using (ImageTree tree = await ImageTree.OpenAsync(source, ManifestMode.PreferMultiArch, new SilentLog(), CancellationToken.None))
        {
            IReadOnlySet<ImageNode> all = await PlatformSelection.All.SelectAsync(tree, new SilentLog(), CancellationToken.None);
            await new ImageCopier(tree, all, new WriteOptions(), new SilentLog()).CopyAsync(reference, false, CancellationToken.None);
        }

        string cache = Path.Combine(folder, "known");
        foreach ((string what, Func<OpenedImage, IOperationLog, Task> work) in new (string, Func<OpenedImage, IOperationLog, Task>)[] { ("list all files", ListAsync), ("read one file", ReadAsync) })
        {
            var first = new List<Measure>();
            var again = new List<Measure>();
            for (int round = 0; round <= Rounds; round++)
            {
                Environment.SetEnvironmentVariable("OCIPS_LAYER_CACHE", "off");
                first.Add(await MeasureAsync(reference, work));
                Environment.SetEnvironmentVariable("OCIPS_LAYER_CACHE", cache);
                again.Add(await MeasureAsync(reference, round == 0 ? ListAsync : work));
            }

            Console.WriteLine($"{what}: {Median(first)} the first time, {Median(again)} again");
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"what is kept: {new DirectoryInfo(cache).GetFiles().Sum(file => file.Length) / 1e6:0.00} MB"));
    }

    private static string Median(IEnumerable<Measure> measures)
    {
        Measure[] sorted = [.. measures.Skip(1).OrderBy(measure => measure.Seconds)];
        return string.Create(CultureInfo.InvariantCulture, $"{sorted[sorted.Length / 2].Seconds * 1000:0} ms and {sorted[sorted.Length / 2].Bytes / 1e6:0.0} MB");
    }

    private static async Task<Measure> MeasureAsync(ImageReference reference, Func<OpenedImage, IOperationLog, Task> work)
    {
        var log = new CountingLog();
        long start = Stopwatch.GetTimestamp();
        using PickedImages picked = await ImagePicker.OpenAsync(reference, [], ManifestMode.PreferMultiArch, log, CancellationToken.None);
        await work(picked.Images[0], log);
        return new Measure(Stopwatch.GetElapsedTime(start).TotalSeconds, log.Bytes);
    }

    private static async Task ListAsync(OpenedImage image, IOperationLog log)
    {
        await foreach (ImageFile file in new FileLister(image, log).ListAsync(CancellationToken.None))
        {
            _ = file.Entry.Name;
        }
    }

    private static async Task ReadAsync(OpenedImage image, IOperationLog log)
    {
        await foreach (ImageFile file in new FileLister(image, log).ListAsync(CancellationToken.None))
        {
            if (file.Entry.Name == "data/3/file100.txt")
            {
                await using Stream content = await file.OpenAsync(CancellationToken.None);
                await content.CopyToAsync(Stream.Null);
            }
        }
    }

    private readonly record struct Measure(double Seconds, long Bytes);

    private sealed class CountingLog : IOperationLog, ITransferLog
    {
        private long _before;

        public long Bytes { get; private set; }

        public void Verbose(string message)
        {
        }

        public void Warning(string message)
        {
        }

        public void Debug(string message)
        {
        }

        public ITransferLog Begin(string item, long total)
        {
            _before = Bytes;
            return this;
        }

        public void Report(long done) => Bytes = _before + done;

        public void Dispose()
        {
        }
    }
}
