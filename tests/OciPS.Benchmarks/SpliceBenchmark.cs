// SPDX-License-Identifier: MIT

using System.IO.Compression;
using OciPS.Compression.Gzip;
using OciPS.IO.Hashing;
using OciPS.Splicing;

namespace OciPS.Benchmarks;

/// <summary>
/// Taking two ranges out of a layer, with all digests, beside .NET decompressing it once, and beside doing that and compressing anew.
/// </summary>
internal static class SpliceBenchmark
{
    public static async Task RunAsync(string folder, BenchmarkTable table)
    {
        BenchmarkLayer layer = await BenchmarkLayer.CreateAsync(folder);
        string output = Path.Combine(folder, "spliced.tar.gz");
        ByteEdit[] edits = [new(
            layer.RawLength / 3, (layer.RawLength / 3) + 100_000), new(layer.RawLength / 3 * 2, (layer.RawLength / 3 * 2) + 5_000)];
        Rounds<(double Splice, double Inflate, double Recompress)> rounds = await Rounds.RunAsync(async _ => (
            await Rounds.TimeAsync(() => SpliceAsync(layer.Path, edits, output)),
            await Rounds.TimeAsync(() => InflateAsync(layer.Path, Stream.Null)),
            await Rounds.TimeAsync(() => RecompressAsync(layer.Path, output))));
        table.Add("splice a layer", "`GZipStream` decompressing it", null, rounds, times => times.Splice / times.Inflate);
        table.Add(
            "splice a layer", "`GZipStream` decompressing and compressing it", null, rounds, times => times.Splice / times.Recompress);
    }

    // As a layer of a registry is rewritten: out of a spool file, hashed on its way out.
    private static async Task SpliceAsync(string path, IReadOnlyList<ByteEdit> edits, string output)
    {
        await using FileStream compressed = File.OpenRead(path);
        await using FileStream file = File.Create(output);
        using var hashed = new HashingWriteStream(file);
        using var splicer = new GzipSplicer(compressed, edits, hashed);
        await splicer.RunAsync(CancellationToken.None);
        hashed.Finish();
    }

    private static async Task RecompressAsync(string path, string output)
    {
        await using FileStream file = File.Create(output);
        await using var gzip = new GZipStream(file, CompressionLevel.Optimal);
        await InflateAsync(path, gzip);
    }

    private static async Task InflateAsync(string path, Stream output)
    {
        await using var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        await gzip.CopyToAsync(output, 128 * 1024);
    }
}
