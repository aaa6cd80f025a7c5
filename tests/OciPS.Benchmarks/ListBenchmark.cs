// SPDX-License-Identifier: MIT

using System.Diagnostics;
using System.IO.Compression;
using OciPS.Manifests;
using OciPS.Operations;
using OciPS.References;

namespace OciPS.Benchmarks;

/// <summary>Listing all files of a layer, beside .NET's GZipStream decompressing the same bytes; in turn, several rounds.</summary>
internal static class ListBenchmark
{
    private const int Rounds = 5;

    public static async Task RunAsync(string folder)
    {
        var reference = ImageReference.Parse(await BenchmarkImage.CreateAsync(folder, 200));
        var ratios = new List<double>();
        for (int round = 0; round <= Rounds; round++)
        {
            double list = await TimeAsync(() => ListAsync(reference));
            double inflate = await TimeAsync(() => InflateAsync(reference));
            if (round > 0)
            {
                ratios.Add(list / inflate);
            }
        }

        await RunTwiceAsync(folder, reference);
        ratios.Sort();
        Console.WriteLine($"list all files / GZipStream alone: {ratios[Rounds / 2]:0.00} (median of {Rounds} rounds, {ratios[0]:0.00} to {ratios[^1]:0.00})");
    }

    /// <summary>A second look, when the files are known.</summary>
    private static async Task RunTwiceAsync(string folder, ImageReference reference)
    {
        int round = 0;
        Rounds<(double First, double Second, double Inflate)> rounds = await Rounds<(double, double, double)>.RunAsync(Rounds, async () =>
        {
            Environment.SetEnvironmentVariable("OCIPS_LAYER_CACHE", Path.Combine(folder, $"cache{round++}"));
            double first = await TimeAsync(() => ListAsync(reference));
            return (first, await TimeAsync(() => ListAsync(reference)), await TimeAsync(() => InflateAsync(reference)));
        });
        Environment.SetEnvironmentVariable("OCIPS_LAYER_CACHE", "off");
        Console.WriteLine($"list all files, to be remembered / GZipStream alone: {rounds.Describe(times => times.First / times.Inflate)}");
        Console.WriteLine($"list all files a second time / the first time: {rounds.Describe(times => times.Second / times.First)}");
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        long start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task ListAsync(ImageReference reference)
    {
        using PickedImages picked = await ImagePicker.OpenAsync(reference, [], ManifestMode.PreferMultiArch, new SilentLog(), CancellationToken.None);
        OpenedImage image = picked.Images[0];
        await foreach (ImageFile file in new FileLister(image, new SilentLog()).ListAsync(CancellationToken.None))
        {
            _ = file.Entry.Name;
        }
    }

    private static async Task InflateAsync(ImageReference reference)
    {
        using PickedImages picked = await ImagePicker.OpenAsync(reference, [], ManifestMode.PreferMultiArch, new SilentLog(), CancellationToken.None);
        OpenedImage image = picked.Images[0];
        foreach (Descriptor layer in image.Manifest.Layers)
        {
            await using Stream blob = await image.Store.OpenBlobAsync(layer, CancellationToken.None);
            await using var gzip = new GZipStream(blob, CompressionMode.Decompress);
            await gzip.CopyToAsync(Stream.Null);
        }
    }
}
