// SPDX-License-Identifier: MIT

using System.Diagnostics;
using OciPS.Manifests;
using OciPS.Operations;
using OciPS.References;

namespace OciPS.Benchmarks;

/// <summary>Copies within a registry and pushes of tarballs, beside skopeo doing the same; in turn, several rounds. Skopeo's time has its start in it, ours is that of a running session.</summary>
internal static class CopyBenchmark
{
    private const int Rounds = 5;
    private const int Megabytes = 200;

    public static async Task RunAsync(string folder)
    {
        if (!IsThere("docker-registry") || !IsThere("skopeo"))
        {
            Console.WriteLine("copies beside skopeo: left out, since docker-registry or skopeo is missing");
            return;
        }

        using LocalRegistry registry = await LocalRegistry.StartAsync(folder);
        string image = await BenchmarkImage.CreateAsync(folder, Megabytes);
        string source = $"{registry.Host}/source/app:1";
        string tarball = Path.Combine(folder, "app.tar");
        await CopyAsync(image, source);
        await CopyAsync(image, $"docker-archive:{tarball}:app:1");

        // A repository of its own each time: what is there already is not sent again.
        await CompareAsync(
            "copy within a registry",
            round => TimeAsync(() => CopyAsync(source, $"{registry.Host}/ours/copy{round}:1")),
            round => TimeAsync(() => Skopeo($"docker://{source}", $"docker://{registry.Host}/theirs/copy{round}:1")));
        // A registry of its own each time: skopeo remembers where it sent what.
        await CompareAsync(
            "push a tarball of plain layers",
            _ => InNewRegistryAsync(folder, host => PublishAsync(tarball, $"{host}/app:1")),
            _ => InNewRegistryAsync(folder, host => Skopeo($"docker-archive:{tarball}", $"docker://{host}/app:1")));
    }

    private static async Task CompareAsync(string job, Func<int, Task<double>> ours, Func<int, Task<double>> theirs)
    {
        var ratios = new List<double>();
        for (int round = 0; round <= Rounds; round++)
        {
            double our = await ours(round);
            double their = await theirs(round);
            if (round > 0)
            {
                ratios.Add(our / their);
            }
        }

        ratios.Sort();
        Console.WriteLine($"{job} / skopeo copy: {ratios[Rounds / 2]:0.00} (median of {Rounds} rounds, {ratios[0]:0.00} to {ratios[^1]:0.00})");
    }

    private static async Task<double> InNewRegistryAsync(string folder, Func<string, Task> work)
    {
        string own = Directory.CreateDirectory(Path.Combine(folder, Guid.NewGuid().ToString("N"))).FullName;
        using LocalRegistry registry = await LocalRegistry.StartAsync(own);
        double seconds = await TimeAsync(() => work(registry.Host));
        Directory.Delete(own, recursive: true);
        return seconds;
    }

    private static async Task CopyAsync(string source, string destination)
    {
        using ImageTree tree = await ImageTree.OpenAsync(ImageReference.Parse(source), ManifestMode.PreferMultiArch, new SilentLog(), CancellationToken.None);
        IReadOnlySet<ImageNode> all = await PlatformSelection.All.SelectAsync(tree, new SilentLog(), CancellationToken.None);
        await new ImageCopier(tree, all, new WriteOptions(), new SilentLog()).CopyAsync(ImageReference.Parse(destination), withReferrers: false, CancellationToken.None);
    }

    private static async Task PublishAsync(string tarball, string destination) =>
        await new ArchivePublisher(tarball, new SilentLog()).PublishAsync([ImageReference.Parse(destination)], null, CancellationToken.None);

    private static async Task Skopeo(string source, string destination)
    {
        using Process process = Process.Start(
            "skopeo", ["copy", "--quiet", "--src-tls-verify=false", "--dest-tls-verify=false", "--dest-compress=false", source, destination]);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"skopeo copy {source} {destination} failed.");
        }
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        long start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static bool IsThere(string name) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name)));
}
