// SPDX-License-Identifier: MIT

using System.IO.Compression;
using OciPS.Streams;
using OciPS.Streams.Deflate;

namespace OciPS.Benchmarks;

/// <summary>Taking two files out of a layer, with all digests, beside .NET decompressing it once, and beside doing that and compressing anew.</summary>
internal static class SpliceBenchmark
{
    private const int Rounds = 5;

    public static async Task RunAsync(string folder)
    {
        BenchmarkLayer layer = await BenchmarkLayer.CreateAsync(folder);
        string output = Path.Combine(folder, "spliced.tar.gz");
        SpliceEdit[] edits = [new(layer.RawLength / 3, (layer.RawLength / 3) + 100_000), new(layer.RawLength / 3 * 2, (layer.RawLength / 3 * 2) + 5_000)];
        Rounds<(double Splice, double Inflate)> times = await Rounds<(double Splice, double Inflate)>.RunAsync(
            Rounds,
            async () => (
                await Rounds<double>.TimeAsync(() => SpliceAsync(layer.Path, edits, output)),
                await Rounds<double>.TimeAsync(() => InflateAsync(layer.Path, Stream.Null))));
        Console.WriteLine($"splice {layer.RawLength / 1e6:0} MB: {times.Median(time => time.Splice):0.00} s; / GZipStream decompressing: {times.Describe(time => time.Splice / time.Inflate)}");

        double recompress = await Rounds<double>.TimeAsync(async () =>
        {
            await using FileStream file = File.Create(output);
            await using var gzip = new GZipStream(file, CompressionLevel.Optimal);
            await InflateAsync(layer.Path, gzip);
        });
        Console.WriteLine($"splice / GZipStream decompressing and compressing: {times.Median(time => time.Splice) / recompress:0.00}");
    }

    // As a layer of a registry is rewritten: out of a spool file, hashed on its way out.
    private static async Task SpliceAsync(string path, IReadOnlyList<SpliceEdit> edits, string output)
    {
        await using FileStream compressed = File.OpenRead(path);
        await using FileStream file = File.Create(output);
        using var hashed = new HashingWriteStream(file);
        using var splicer = new GzipSplicer(compressed, edits, hashed);
        await splicer.RunAsync(CancellationToken.None);
        hashed.Finish();
    }

    private static async Task InflateAsync(string path, Stream output)
    {
        await using var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        await gzip.CopyToAsync(output, 128 * 1024);
    }
}
