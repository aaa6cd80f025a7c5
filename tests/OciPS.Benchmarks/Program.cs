// SPDX-License-Identifier: MIT

using OciPS.Benchmarks;

string folder = Directory.CreateTempSubdirectory("ocips-bench-").FullName;
try
{
    await MemoryBenchmark.RunAsync(folder);
    await ListBenchmark.RunAsync(folder);
    await CopyBenchmark.RunAsync(folder);
}
finally
{
    Directory.Delete(folder, recursive: true);
}
