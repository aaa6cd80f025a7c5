// SPDX-License-Identifier: MIT

using OciPS.Tar;

namespace OciPS.Benchmarks;

/// <summary>
/// Two files are removed from two of three gzip layers, registry to registry: beside skopeo and umoci doing it (which leave
/// the content in its layers), and beside GZipStream decompressing the same layers once, a thread for each core.
/// </summary>
internal static class RemoveBenchmark
{
    private const string Job = "remove two files from two of three gzip layers, registry to registry";

    public static async Task RunAsync(string folder, BenchmarkTable table)
    {
        if (!Peers.AreThere(Job, "docker-registry", "skopeo", "umoci", "python3"))
        {
            return;
        }

        SystemImage image = await SystemImage.CreateAsync(folder);
        using LocalRegistry registry = await LocalRegistry.StartAsync(folder);
        string source = $"{registry.Host}/source/app:1";
        await Jobs.CopyAsync(image.Reference, source);
        string[] paths = await ChooseAsync(image.Reference);
        Rounds<Times> rounds = await Rounds.RunAsync(async round => new Times(
            Ours: await Rounds.TimeAsync(() => Jobs.RemoveAsync(source, $"{registry.Host}/source/app:ours{round}", paths)),
            Local: await Rounds.TimeAsync(() => Jobs.RemoveAsync(image.Reference, $"{image.Reference[..^2]}:ours{round}", paths)),
            Others: await Rounds.TimeAsync(
                () => RemoveByOthersAsync(Own(folder, $"others{round}"), source, $"{registry.Host}/source/app:theirs{round}", paths)),
            Python: await Rounds.TimeAsync(
                () => Peers.RemoveByPythonAsync(Own(folder, $"python{round}"), paths, image.LayerPaths.Take(paths.Length))),
            Inflate: await Rounds.TimeAsync(() => Jobs.InflateAsync(image.Reference, Environment.ProcessorCount)),
            Upload: await Rounds.TimeAsync(() => Jobs.UploadAsync(
                image.Reference, paths.Length, new Uri($"http://{registry.Host}/v2/upload{round}/app/blobs/uploads/")))));

        table.Add(Job, "`skopeo copy`, `umoci unpack` and `repack`, `skopeo copy`", 0.08, rounds, times => times.Ours / times.Others);
        table.Add(
            "the same",
            "`GZipStream` decompressing the layers once, a thread for each core",
            1.2,
            rounds,
            times => times.Ours / times.Inflate);
        table.Add("the same", "Python's `tarfile`, on disk and without digests", null, rounds, times => times.Ours / times.Python);
        table.Add("the same from layout to layout", "`GZipStream`, as above", null, rounds, times => times.Local / times.Inflate);
        table.Add("(merely uploading two such layers)", "`GZipStream`, as above", null, rounds, times => times.Upload / times.Inflate);
    }

    /// <summary>The first plain file of some size in each of the first two layers.</summary>
    private static async Task<string[]> ChooseAsync(string image)
    {
        var chosen = new SortedDictionary<int, string>();
        await Jobs.ListAsync(image, file =>
        {
            if (file.LayerIndex < 2 && file.Entry is { Type: TarEntryType.File, Size: > 10_000 and < 300_000, Ordinal: > 200 })
            {
                chosen.TryAdd(file.LayerIndex, file.Entry.Name);
            }

            return Task.CompletedTask;
        });
        return [.. chosen.Values];
    }

    private static async Task RemoveByOthersAsync(string folder, string source, string destination, string[] paths)
    {
        string layout = Path.Combine(folder, "layout");
        string bundle = Path.Combine(folder, "bundle");
        await Peers.SkopeoCopyAsync($"docker://{source}", $"oci:{layout}:1");
        await Peers.RunAsync("umoci", "unpack", "--image", $"{layout}:1", bundle);
        foreach (string path in paths)
        {
            File.Delete(Path.Combine(bundle, "rootfs", path));
        }

        await Peers.RunAsync("umoci", "repack", "--image", $"{layout}:1", bundle);
        await Peers.SkopeoCopyAsync($"oci:{layout}:1", $"docker://{destination}");
    }

    private static string Own(string folder, string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;

    private sealed record Times(double Ours, double Local, double Others, double Python, double Inflate, double Upload);
}
