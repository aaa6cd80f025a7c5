// SPDX-License-Identifier: MIT

using OciPS.Benchmarks;

// Arguments name the benchmarks to run; without any, all are run.
(string Name, Func<string, BenchmarkTable, Task> Run)[] benchmarks =
[
    ("remove", RemoveBenchmark.RunAsync),
    ("list", ListBenchmark.RunAsync),
    ("copy", CopyBenchmark.RunAsync),
    ("memory", MemoryBenchmark.RunAsync),
    ("inflate", InflateBenchmark.RunAsync),
    ("splice", SpliceBenchmark.RunAsync),
    ("known", KnownBenchmark.RunAsync),
    ("micro", (folder, _) => MicroBenchmarks.RunAsync(folder)),
];

// What was learnt in one round is no use in the next, but where that is measured.
Environment.SetEnvironmentVariable("OCIPS_LAYER_CACHE", "off");
string folder = Directory.CreateTempSubdirectory("ocips-bench-").FullName;
var table = new BenchmarkTable();
try
{
    foreach ((string name, Func<string, BenchmarkTable, Task> run) in benchmarks)
    {
        if (args.Length == 0 || args.Contains(name))
        {
            await run(folder, table);
        }
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
    table.Print();
}
