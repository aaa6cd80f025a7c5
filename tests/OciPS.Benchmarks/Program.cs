// SPDX-License-Identifier: MIT

using OciPS.Benchmarks;

// Arguments name the benchmarks to run; without any, all are run.
(string Name, Func<string, Task> Run)[] benchmarks =
[
    ("memory", MemoryBenchmark.RunAsync),
    ("inflate", InflateBenchmark.RunAsync),
    ("splice", SpliceBenchmark.RunAsync),
    ("list", ListBenchmark.RunAsync),
    ("copy", CopyBenchmark.RunAsync),
];

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
