// SPDX-License-Identifier: MIT

using System.Diagnostics;

namespace OciPS.Benchmarks;

/// <summary>The other programs that are measured beside ours.</summary>
internal static class Peers
{
    private const string PythonList = """
        import sys, tarfile
        for path in sys.argv[1:]:
            with tarfile.open(path, 'r|gz') as layer:
                for entry in layer:
                    entry.name
        """;

    private const string PythonRemove = """
        import gzip, sys, tarfile
        folder, names, paths = sys.argv[1], sys.argv[2].split(':'), sys.argv[3:]
        for number, path in enumerate(paths):
            with tarfile.open(path, 'r|gz') as layer, gzip.open(f'{folder}/{number}', 'wb', 6) as out, tarfile.open(fileobj=out, mode='w|') as kept:
                for entry in layer:
                    if entry.name not in names:
                        kept.addfile(entry, layer.extractfile(entry) if entry.isreg() else None)
        """;

    /// <summary>Says so where one of them is missing, and the job is left out.</summary>
    public static bool AreThere(string job, params string[] programs)
    {
        string[] missing = [.. programs.Where(program => !IsThere(program))];
        if (missing.Length > 0)
        {
            Console.WriteLine($"{job}: left out, since these are missing: {string.Join(", ", missing)}");
        }

        return missing.Length == 0;
    }

    public static Task SkopeoCopyAsync(string source, string destination, params string[] options) =>
        RunAsync("skopeo", ["copy", "--quiet", "--src-tls-verify=false", "--dest-tls-verify=false", .. options, source, destination]);

    /// <summary>Lists gzip layers by Python's tarfile.</summary>
    public static Task ListByPythonAsync(IEnumerable<string> layers) => RunAsync("python3", ["-c", PythonList, .. layers]);

    /// <summary>Streams gzip layers through Python's tarfile, without some files, and compresses them again at gzip's own level.</summary>
    public static Task RemoveByPythonAsync(string folder, IEnumerable<string> paths, IEnumerable<string> layers) =>
        RunAsync("python3", ["-c", PythonRemove, folder, string.Join(':', paths), .. layers]);

    public static async Task RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.BeginOutputReadLine();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} failed: {errors}");
        }
    }

    private static bool IsThere(string program) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
