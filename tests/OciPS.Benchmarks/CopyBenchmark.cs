// SPDX-License-Identifier: MIT

namespace OciPS.Benchmarks;

/// <summary>
/// Copies within a registry and pushes of tarballs, beside skopeo doing the same. Skopeo's time has its start in it, ours is that of a
/// running session.
/// </summary>
internal static class CopyBenchmark
{
    public static async Task RunAsync(string folder, BenchmarkTable table)
    {
        if (!Peers.AreThere("copies beside skopeo", "docker-registry", "skopeo"))
        {
            return;
        }

        SystemImage image = await SystemImage.CreateAsync(folder);
        await CopyAsync(folder, image, table);
        await PushAsync(folder, "push a kaniko tarball", 0.8, await image.SaveAsync(folder, asKanikoDoes: true), table);
        await PushAsync(
            folder,
            "push a tarball of plain layers",
            null,
            await image.SaveAsync(folder, asKanikoDoes: false),
            table,
            "--dest-compress=false");
    }

    private static async Task CopyAsync(string folder, SystemImage image, BenchmarkTable table)
    {
        using LocalRegistry registry = await LocalRegistry.StartAsync(folder);
        string source = $"{registry.Host}/source/app:1";
        await Jobs.CopyAsync(image.Reference, source);
        // A repository of its own each time: what is there already is not sent again.
        Rounds<(double Ours, double Theirs)> rounds = await Rounds.RunAsync(async round => (
            await Rounds.TimeAsync(() => Jobs.CopyAsync(source, $"{registry.Host}/ours/copy{round}:1")),
            await Rounds.TimeAsync(() => Peers.SkopeoCopyAsync($"docker://{source}", $"docker://{registry.Host}/theirs/copy{round}:1"))));
        table.Add("copy within one registry", "`skopeo copy` in the same registry", 1, rounds, times => times.Ours / times.Theirs);
    }

    private static async Task PushAsync(
        string folder, string job, double? most, string tarball, BenchmarkTable table, params string[] options)
    {
        // A registry of its own each time: skopeo remembers where it sent what.
        Rounds<(double Ours, double Theirs)> rounds = await Rounds.RunAsync(async _ => (
            await InNewRegistryAsync(folder, host => Jobs.PublishAsync(tarball, $"{host}/app:1")),
            await InNewRegistryAsync(
                folder, host => Peers.SkopeoCopyAsync($"docker-archive:{tarball}", $"docker://{host}/app:1", options))));
        table.Add(
            job,
            $"`skopeo copy {string.Concat(options.Select(option => option + " "))}docker-archive:`",
            most,
            rounds,
            times => times.Ours / times.Theirs);
    }

    private static async Task<double> InNewRegistryAsync(string folder, Func<string, Task> work)
    {
        string own = Directory.CreateDirectory(Path.Combine(folder, Guid.NewGuid().ToString("N"))).FullName;
        using LocalRegistry registry = await LocalRegistry.StartAsync(own);
        double seconds = await Rounds.TimeAsync(() => work(registry.Host));
        Directory.Delete(own, recursive: true);
        return seconds;
    }
}
