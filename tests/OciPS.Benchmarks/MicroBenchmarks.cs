// SPDX-License-Identifier: MIT

using System.IO.Compression;
using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using OciPS.Compression.Gzip;
using OciPS.Splicing;
using OciPS.Tar;

namespace OciPS.Benchmarks;

/// <summary>
/// The parts that a rewritten layer's time goes into, by themselves and in memory: in MB of tar for each second, and what they allocate.
/// </summary>
public class MicroBenchmarks
{
    private static string s_folder = string.Empty;
    private static long s_length;

    private byte[] _gzip = [];
    private byte[] _raw = [];
    private SpliceIndex _shortcut = null!;

    internal static Task RunAsync(string folder)
    {
        s_folder = folder;
        IConfig config = ManualConfig.CreateMinimumViable()
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(BenchmarkDotNet.Diagnosers.MemoryDiagnoser.Default)
            .AddColumn(new ThroughputColumn(() => s_length))
            .WithArtifactsPath(folder);
        BenchmarkRunner.Run<MicroBenchmarks>(config);
        return Task.CompletedTask;
    }

    /// <summary>Makes the layer that all of them read.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        BenchmarkLayer layer = BenchmarkLayer.CreateAsync(s_folder).GetAwaiter().GetResult();
        _gzip = File.ReadAllBytes(layer.Path);
        var points = new InflatePoints(InflatePoints.SmallestSpacing);
        using var stream = new GzipReadStream(new MemoryStream(_gzip)) { Points = points };
        using var raw = new MemoryStream();
        stream.CopyTo(raw);
        _raw = raw.ToArray();
        s_length = _raw.Length;
        // What comes out is not looked at here.
        _shortcut = new SpliceIndex(points.Points, points.FinalBlock, _raw.Length, default);
    }

    /// <summary>Decompresses.</summary>
    [Benchmark]
    public void Inflate()
    {
        using var stream = new GzipReadStream(new MemoryStream(_gzip));
        stream.CopyTo(Stream.Null);
    }

    /// <summary>.NET's decompressor, to compare.</summary>
    [Benchmark(Baseline = true)]
    public void InflateByGZipStream()
    {
        using var stream = new GZipStream(new MemoryStream(_gzip), CompressionMode.Decompress);
        stream.CopyTo(Stream.Null);
    }

    /// <summary>Reads the entries of the tar.</summary>
    [Benchmark]
    public async Task<int> TarScan()
    {
        using var tar = new TarReader(new MemoryStream(_raw), "It");
        int count = 0;
        try
        {
            while (await tar.ReadAsync(CancellationToken.None) is not null)
            {
                count++;
            }
        }
        catch (InvalidContentException)
        {
            // The layer is cut off somewhere.
        }

        return count;
    }

    /// <summary>Takes two ranges out, with no reading before.</summary>
    [Benchmark]
    public Task Splice() => SpliceAsync(null);

    /// <summary>The same, with what a scan found out.</summary>
    [Benchmark]
    public Task SpliceAfterScan() => SpliceAsync(_shortcut);

    /// <summary>What of the digest is in each of those.</summary>
    [Benchmark]
    public byte[] Sha256() => SHA256.HashData(_raw);

    private async Task SpliceAsync(SpliceIndex? shortcut)
    {
        ByteEdit[] edits = [new(_raw.Length / 3, (_raw.Length / 3) + 100_000), new(_raw.Length / 3 * 2, (_raw.Length / 3 * 2) + 5_000)];
        using var splicer = new GzipSplicer(new MemoryStream(_gzip), edits, Stream.Null, shortcut);
        await splicer.RunAsync(CancellationToken.None);
    }
}
