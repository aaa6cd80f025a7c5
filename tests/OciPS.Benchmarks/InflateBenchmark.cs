// SPDX-License-Identifier: MIT

using System.IO.Compression;
using OciPS.Compression.Gzip;

namespace OciPS.Benchmarks;

/// <summary>Our decompressor beside .NET's, one thread each.</summary>
internal static class InflateBenchmark
{
    public static async Task RunAsync(string folder, BenchmarkTable table)
    {
        BenchmarkLayer layer = await BenchmarkLayer.CreateAsync(folder);
        Rounds<(double Ours, double Theirs)> rounds = await Rounds.RunAsync(async _ => (
            await Rounds.TimeAsync(() => ReadAsync(new GzipReadStream(File.OpenRead(layer.Path)))),
            await Rounds.TimeAsync(() => ReadAsync(new GZipStream(File.OpenRead(layer.Path), CompressionMode.Decompress)))));
        table.Add("decompress a layer", "`GZipStream`", null, rounds, times => times.Ours / times.Theirs);
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
