// SPDX-License-Identifier: MIT

using System.IO.Compression;
using OciPS.Streams;

namespace OciPS.Benchmarks;

/// <summary>Our decompressor beside .NET's, one thread each, in turn, several rounds.</summary>
internal static class InflateBenchmark
{
    private const int Rounds = 5;

    public static async Task RunAsync(string folder)
    {
        BenchmarkLayer layer = await BenchmarkLayer.CreateAsync(folder);
        Rounds<(double Ours, double Theirs)> times = await Rounds<(double Ours, double Theirs)>.RunAsync(
            Rounds,
            async () => (
                await Rounds<double>.TimeAsync(() => ReadAsync(new GzipReadStream(File.OpenRead(layer.Path)))),
                await Rounds<double>.TimeAsync(() => ReadAsync(new GZipStream(File.OpenRead(layer.Path), CompressionMode.Decompress)))));
        Console.WriteLine($"inflate, {layer.RawLength / 1e6:0} MB: {layer.RawLength / 1e6 / times.Median(time => time.Ours):0} MB/s, GZipStream {layer.RawLength / 1e6 / times.Median(time => time.Theirs):0} MB/s; ratio of times {times.Describe(time => time.Ours / time.Theirs)}");
    }

    private static async Task ReadAsync(Stream stream)
    {
        await using (stream)
        {
            byte[] buffer = new byte[128 * 1024];
            while (await stream.ReadAsync(buffer) > 0)
            {
            }
        }
    }
}
