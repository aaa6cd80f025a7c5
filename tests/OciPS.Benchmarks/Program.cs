// SPDX-License-Identifier: MIT

using OciPS.Benchmarks;

// Arguments name the benchmarks to run; without any, all are run.
(string Name, Func<string, Task> Run)[] benchmarks =
[
    ("memory", MemoryBenchmark.RunAsync),
    ("inflate", InflateBenchmark.RunAsync),
    ("splice", SpliceBenchmark.RunAsync),
    ("list", ListBenchmark.RunAsync),
    ("remove", RemoveBenchmark.RunAsync),
    ("copy", CopyBenchmark.RunAsync),
    ("known", KnownBenchmark.RunAsync),
    ("micro", MicroBenchmarks.RunAsync),
];

// What was learnt in one round is no use in the next, but where that is measured.
Environment.SetEnvironmentVariable("OCIPS_LAYER_CACHE", "off");
string folder = Directory.CreateTempSubdirectory("ocips-bench-").FullName;
try
{
    foreach ((string name, Func<string, Task> run) in benchmarks)
    {
        if (args.Length == 0 || args.Contains(name))
        {
            await run(folder);
        }
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}
